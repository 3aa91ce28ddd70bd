#!/bin/sh
# Applies dist/ from top to bottom, which is the order in which the objects need each other, then deletes what it has applied before and is no longer there.
set -eu
export KUBECTL_APPLYSET=true
kubectl apply --server-side --field-manager=shop-egress --applyset=applysets.egress.example.com/shop-egress --prune -f dist
