#!/bin/sh
# Shows what changes, applies dist/ from top to bottom, and deletes what it no longer has: routes to the gateway, then Gateways, then the rest, policies among it.
set -eu
services='shop' # the namespaces of the services, which have their routes and Gateways: 'shop data'
member=applyset.kubernetes.io/part-of=applyset-MqnAUkKMmlvrVlfcBg947gNbsQOBi-EuRnf3QFD7SJk-v1
manager=--field-manager=shop-egress
objects=$(mktemp)
trap 'rm -f "$objects"' EXIT

kubectl label --local --filename dist --output yaml "$member" > "$objects"
kubectl diff --server-side "$manager" --filename "$objects" || [ $? -eq 1 ]
kubectl apply --server-side "$manager" --filename "$objects"

# Deletes what dist/ no longer has of a kind and with an ending, and gives the proxies time to hear of it.
delete_gone() {
  there=$(kubectl get --filename "$objects" --output 'jsonpath={..metadata.uid}')
  for namespace in $services; do
    members=$(kubectl --namespace "$namespace" get "$1" --selector "$member" --output 'jsonpath={range .items[*]}{.metadata.uid} {.metadata.name}{"\n"}{end}')
    echo "$members" | while read -r uid name; do
      case "$there" in *"$uid"*) continue ;; esac
      case "$name" in *"$2") kubectl --namespace "$namespace" delete "$1" "$name"; sleep 3 ;; esac
    done
  done
}
delete_gone virtualservices.networking.istio.io .outbound
delete_gone gateways.networking.istio.io ''

export KUBECTL_APPLYSET=true
kubectl apply --server-side "$manager" --applyset=applysets.egress.example.com/shop-egress --prune --filename dist
