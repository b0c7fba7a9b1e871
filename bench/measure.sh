#!/usr/bin/env bash
# Everything that bench/results and the tables of README.md and bench/README.md are made of, on a quiet machine; about twelve minutes.
# Beside the tables stand two smaller runs: every write acknowledged after a sync, and PostgreSQL where it is installed.
#   bench/measure.sh [DOCS] [REPS]
set -euo pipefail
cd "$(dirname "$0")/.."
docs=${1:-1000000} reps=${2:-3}
dotnet build bench/Products -c Release -v q -nologo
products=(dotnet bench/Products/bin/Release/net10.0/Products.dll)
"${products[@]}" --docs "$docs" --engines ingodb,rocksdb,sqlite,sqlite-indexed,zonetree,lmdb,duckdb --reps "$reps" --json bench/results/products.json || echo "the comparison ended with an error: see above" >&2
"${products[@]}" --docs "$docs" --engines ingodb-grain,ingodb-gateway --reps 1 --phases get,pure,multiget --json bench/results/products-grains.json || echo "the grain path ended with an error: see above" >&2
"${products[@]}" --docs $((docs / 5)) --engines ingodb,rocksdb,sqlite --reps 1 --durable --json bench/results/products-durable.json || echo "the durable comparison ended with an error: see above" >&2
if [ -d /usr/lib/postgresql ]; then
  "${products[@]}" --docs $((docs / 5)) --engines ingodb,postgres --reps 1 --postgres auto --json bench/results/products-postgres.json || echo "the comparison with PostgreSQL ended with an error: see above" >&2
fi
bench/report.sh
