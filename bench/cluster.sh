#!/usr/bin/env bash
# bench/results/cluster.json and its table, on a quiet machine; about five minutes. As root the network is cut, too.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build bench/Cluster -c Release -v q -nologo
cluster=(dotnet bench/Cluster/bin/Release/net10.0/IngoDB.Cluster.Benchmarks.dll)
"${cluster[@]}" --json bench/results/cluster.json "$@" || echo "the ledger was not clean, or the run broke off: see above" >&2
"${cluster[@]}" report bench/results/cluster.json --table bench/README.md --table docs/replication.md
