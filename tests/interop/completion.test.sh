#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Completion: the scripts are right for their shells, know every option that --help tells of, and
# offer what the line has come to.
. "$(dirname "$0")/client.sh"

mkdir -p "$HOME/.ssh/config.d"
cat >"$HOME/.ssh/config" <<'END'
Host alpha beta *.example.com !no
    User u
host=gamma # delta
Include config.d/*
END
echo 'Host "epsilon" $(touch${IFS}pwned)' >"$HOME/.ssh/config.d/more"
mkdir "$work/here"
cd "$work/here"
touch afile

for shell in bash zsh fish; do
    "$ADIT" --completion "$shell" >"$work/script.$shell"
done
rejects "--completion needs one of" --completion tcsh
rejects "--completion needs one of" --completion

# ---- all options -----------------------------------------------------------------

# The options of a help text: -x and --name, one a line.
options_of()
{
    sed -nE 's/^  +(-[^ ,]+)(, (--[^ ]+))?.*/\1 \3/p; s/^(Implied|Taken)[^:]*://p' |
        tr -s ' ' '\n' | grep -- '^-'
}

# knows SHELL OPTION: as that shell's script writes it.
knows()
{
    case $1:$2 in
    bash:*) grep -qE -- "options='.* $2[ ']" "$work/script.bash" ;;
    zsh:*) grep -qE -- "'\*$2['+=[]" "$work/script.zsh" ;;
    fish:--*) grep -qE -- "^complete .* -l ${2#--}( |\$)" "$work/script.fish" ;;
    fish:-*) grep -qE -- "^complete .* -s ${2#-}( |\$)" "$work/script.fish" ;;
    esac
}

"$ADIT" --help >"$work/help"
"$ADIT" key --help | sed -nE 's/^  ([a-z]+) .*/\1/p' >"$work/commands"
[ "$(wc -l <"$work/commands")" -ge 5 ] || fail "adit key --help names no commands"
while read -r command; do
    "$ADIT" key "$command" --help >>"$work/help"
done <"$work/commands"
for command in status down add remove wait; do
    "$ADIT" "$command" --help >"$work/help.$command"
    [ -n "$(options_of <"$work/help.$command")" ] || fail "adit $command --help names no options"
done
for command in install status remove; do
    "$ADIT" service "$command" --help >"$work/help.service $command"
done
cat "$work/help."* >>"$work/help"
options_of <"$work/help" | sort -u >"$work/options"
[ "$(wc -l <"$work/options")" -ge 40 ] || fail "--help names no options"
while read -r option; do
    for shell in bash zsh fish; do
        knows "$shell" "$option" || fail "$shell's script does not know $option"
    done
done <"$work/options"
for shell in bash zsh fish; do
    ! knows "$shell" -X || fail "$shell's script offers -X, which is refused"
done

# ---- bash ------------------------------------------------------------------------

bash -n "$work/script.bash"

# offers LINE WORDS…: what bash offers at the end of the line, in any order.
offers()
{
    local line=$1 offered wanted

    shift
    offered=$(bash -c '. "$1"; COMP_LINE=$2 COMP_POINT=${#2}; _adit; printf "%s\n" "${COMPREPLY[@]}"' \
        bash "$work/script.bash" "$line" | sort | paste -sd' ')
    wanted=$([ $# -eq 0 ] || printf '%s\n' "$@" | sort | paste -sd' ')
    [ "$offered" = "$wanted" ] || fail "bash: \"$line\": $offered instead of $wanted"
}

offers "adit al" alpha
offers "adit -v " alpha beta gamma epsilon
offers "adit k" key
offers "adit keyhost k"
offers "adit u@" alpha beta gamma epsilon # after the @, where readline cuts
offers "adit -J alpha,u@be" beta
offers "adit --pass" --password-file
offers "adit --password-file=af" afile
offers "adit -i a" afile
offers "adit -L "
offers "adit -o Batch" BatchMode=
offers "adit -vo Batch" BatchMode=
offers "adit -o BatchMode=" yes no
offers "adit -o BatchMode=y" yes
offers "adit -o AddressFamily=i" inet inet6
offers "adit -o Forward" ForwardAllowUsers= # the rest has no effect here
offers "adit status --" --json --help
offers "adit status a" alpha
offers "adit down -" --all --help
offers "adit wait --" --timeout --help
offers "adit wait --timeout "
offers "adit add -" -L -R -D --help
offers "adit remove -" -L -R -D --help
offers "adit check --j" --json
offers "adit service install --" --system --user --force --print --help
offers "adit service status --" --system --help
offers "adit key c" convert
offers "adit key new --f" --force
offers "adit key new --to p" pem pkcs8 ppk2 ppk3 public
offers "adit key convert --n" --new-passphrase-file --no-passphrase
offers "adit key show a" afile

# ---- the others -------------------------------------------------------------------

if command -v zsh >/dev/null; then
    zsh -n "$work/script.zsh"
fi
if command -v fish >/dev/null; then
    fish -n "$work/script.fish"

    # fish_offers LINE WORDS…
    fish_offers()
    {
        local offered

        offered=$(fish -N -c "source '$work/script.fish'; complete -C '$1'" | cut -f1 | paste -sd' ')
        [ "$offered" = "$2" ] || fail "fish: \"$1\": $offered instead of $2"
    }

    fish_offers "adit al" alpha
    fish_offers "adit k" key
    fish_offers "adit -J alpha,u@be" alpha,u@beta
    fish_offers "adit --pass" --password-file
    fish_offers "adit -i a" afile
    fish_offers "adit -L " ""
    fish_offers "adit -o BatchM" BatchMode=
    fish_offers "adit -o BatchMode=" "BatchMode=no BatchMode=yes"
    fish_offers "adit status --j" --json
    fish_offers "adit wait --ti" --timeout
    fish_offers "adit service install --pr" --print
    fish_offers "adit key con" convert
    fish_offers "adit key new --f" --force
    fish_offers "adit key new --to pp" "ppk2 ppk3"
fi
[ ! -e pwned ] || fail "a name in the configuration was run"
