# SPDX-License-Identifier: BSD-2-Clause
# Samples become medians, medians are judged, judgements become a table and JSON.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of its neighbours

# sample KEY SIDE VALUE
sample()
{
    [ -n "$3" ] || fail "no figure: $1, $2"
    printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$results/samples"
}

# summary KEY SIDE: median, least and most of its samples, or three zeros.
summary()
{
    awk -F'\t' -v key="$1" -v side="$2" '$1 == key && $2 == side { print $3 }' "$results/samples" |
        sort -g | awk '{ v[NR] = $1 }
            END { if (NR == 0) print "0\t0\t0"
                  else print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 "\t" v[1] "\t" v[NR] }'
}

# add_row NUMBER FIGURE UNIT OURS AGAINST SIDE RATIO BOUND VERDICT
add_row()
{
    (IFS=$'\t' && echo "$*") >>"$results/rows"
}

# verdict VALUE OPERATOR BOUND
verdict()
{
    awk -v value="$1" -v operator="$2" -v bound="$3" 'BEGIN {
        ok = operator == "<=" ? value <= bound : value >= bound
        print ok ? "holds" : "FAILS" }'
}

# judge NUMBER FIGURE UNIT KEY OURS AGAINST [OPERATOR BOUND]: the ratio of the two medians; without a
# bound it is only shown.
judge()
{
    local ours against ratio

    ours=$(summary "$4" "$5")
    against=$(summary "$4" "$6")
    ratio=$(calc "${against%%$'\t'*} > 0 ? ${ours%%$'\t'*} / ${against%%$'\t'*} : 1e9")
    [ "${ours%%$'\t'*}" != 0 ] || ratio=0
    add_row "$1" "$2" "$3" "$ours" "$against" "$6" "$ratio" "${7:--} ${8-}" \
        "${7:+$(verdict "$ratio" "$7" "${8-}")}"
}

# judge_value NUMBER FIGURE UNIT KEY SIDE OPERATOR BOUND [AGAINST]: the median itself; never a time.
# What the other side has is shown.
judge_value()
{
    local ours

    ours=$(summary "$4" "$5")
    add_row "$1" "$2" "$3" "$ours" "$(summary "$4" "${8-}")" "${8--}" - "$6 $7 $3" \
        "$(verdict "${ours%%$'\t'*}" "$6" "$7")"
}

# judge_missing NUMBER FIGURE REASON [UNIT KEY SIDE]: what cannot be judged does not hold.
judge_missing()
{
    add_row "$1" "$2" "${4-}" "$(summary "${5-}" "${6-}")" $'0\t0\t0' - - "$3" FAILS
}

machine()
{
    local version

    version=$(ssh -V 2>&1)
    printf '%s cores, %s, Linux %s with %s, %s, %s' "$(nproc)" \
        "$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)" "$(uname -r)" "$congestion" \
        "${version%%,*}" "$("$ADIT" -V 2>&1 | head -n 1)"
}

print_table()
{
    echo "$(machine)${BENCH_QUICK:+; quick: these figures are noise}"
    echo
    awk -F'\t' '
        function figure(v) { return sprintf(v >= 100 ? "%.0f" : v >= 10 ? "%.1f" : v >= 0.1 || v == 0 ? "%.2f" : "%.3f", v) }
        function cell(v, low, high) { return figure(v) " (" figure(low) " to " figure(high) ")" }
        function line(a, b, c, d, e, f, g) {
            printf "| %-3s | %-50s | %-28s | %-34s | %-6s | %-18s | %-5s |\n", a, b, c, d, e, f, g
        }
        BEGIN {
            line("row", "figure", "adit: median (least to most)", "against", "ratio", "bound", "")
            line("---", "---", "---", "---", "---", "---", "---")
        }
        { unit = $3 == "" ? "" : ", " $3
          line($1, $2 unit, cell($4, $5, $6), $10 == "-" ? "" : $10 " " cell($7, $8, $9),
               $11 == "-" ? "" : figure($11), $12, $13) }' "$results/rows"
}

# write_json ROW BEFORE: the rows from the line after BEFORE on, and the samples behind them.
write_json()
{
    tail -n "+$(($2 + 1))" "$results/rows" | awk -F'\t' -v row="$1" -v machine="$(machine)" \
        -v quick="${BENCH_QUICK:+true}" '
        function text(s) { gsub(/[\\"]/, "\\\\&", s); return "\"" s "\"" }
        function side(name, v, low, high) {
            return sprintf("{ \"side\": %s, \"median\": %s, \"least\": %s, \"most\": %s }",
                           text(name), v, low, high)
        }
        BEGIN { printf "{\n  \"row\": %s,\n  \"machine\": %s,\n  \"quick\": %s,\n  \"figures\": [",
                       text(row), text(machine), quick == "" ? "false" : quick }
        { printf "%s\n    { \"figure\": %s, \"unit\": %s,\n      \"ours\": %s,\n", (NR > 1 ? "," : ""),
                 text($2), text($3), side("adit", $4, $5, $6)
          printf "      \"against\": %s,\n", $10 == "-" ? "null" : side($10, $7, $8, $9)
          printf "      \"ratio\": %s, \"bound\": %s, \"holds\": %s }", $11 == "-" ? "null" : $11,
                 text($12), $13 == "" ? "null" : $13 == "holds" ? "true" : "false" }
        END { printf "\n  ]\n}\n" }'
}

# Between its two marks.
update_readme()
{
    awk -v table="$OUT/table.md" '
        /^<!-- result begins/ { print; print ""; while ((getline line < table) > 0) print line; print ""; inside = 1 }
        /^<!-- result ends/ { inside = 0 }
        !inside && !/^<!-- result begins/ { print }' "$bench/README.md" >"$results/README.md"
    cat "$results/README.md" >"$bench/README.md"
}
