#!/usr/bin/env bash
# Tables and plots from the rows in bench/results, without measuring anything.
set -euo pipefail
cd "$(dirname "$0")/.."
products=(dotnet bench/Products/bin/Release/net10.0/Products.dll)
"${products[@]}" report bench/results/products.json bench/results/products-grains.json --plot bench/results/plots --table README.md --table bench/README.md
