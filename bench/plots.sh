# SPDX-License-Identifier: BSD-2-Clause
# PNG plots of the samples: medians as bars, least and most as whiskers.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of its neighbours

# A line for each key that begins with PREFIX: its name, then median, least and most of each side.
plot_data()
{
    local prefix=$1 key side

    shift
    cut -f1 "$results/samples" | grep "^$prefix" | awk '!seen[$0]++' | while read -r key; do
        printf '"%s"' "${key#"$prefix"}"
        for side; do
            if grep -q "^$key"$'\t'"$side"$'\t' "$results/samples"; then
                printf '\t%s' "$(summary "$key" "$side")"
            else
                printf '\t?\t?\t?'
            fi
        done
        echo
    done
}

# plot NAME PREFIX TITLE UNIT SCALE SIDES…
plot()
{
    local name=$1 prefix=$2 title=$3 unit=$4 scale=$5

    shift 5
    plot_data "$prefix" "$@" >"$results/$name.dat"
    [ -s "$results/$name.dat" ] || return 0
    gnuplot 2>>"$results/gnuplot.log" <<END || echo "bench: gnuplot failed at $name" >&2
set terminal png size 1000,500
set output "$OUT/$name.png"
set title "$title"
set ylabel "$unit"
set datafile separator "\t"
set datafile missing "?"
set style data histograms
set style histogram errorbars gap 2 lw 1
set style fill solid 0.6
set grid ytics
set key outside right top
set xtics rotate by -15
$([ "$scale" = log ] && echo 'set logscale y' || echo 'set yrange [0:*]')
names = "$*"
plot for [i=1:words(names)] "$results/$name.dat" \
    using (column(3*i-1)):(column(3*i)):(column(3*i+1)):xtic(1) title word(names, i)
END
}

make_plots()
{
    if ! command -v gnuplot >/dev/null; then
        echo "bench: no gnuplot, no plots" >&2
        return
    fi
    plot cpu 'cpu ' "CPU of both ends" "seconds per GB" linear adit openssh floor floor-same-AES
    plot throughput 'rate ' "Throughput" "MB/s" linear adit openssh floor floor-same-AES
    plot distance 'far ' "Throughput over a long line" "MB/s" log adit openssh adit-sshd ssh-aditd line
    plot echo 'echo ' "Echo of 64 bytes" "microseconds" log adit openssh
    plot rates 'per second ' "How many a second" "1/s" log adit openssh
}
