#!/bin/sh
# Shows what changes, applies dist/ from top to bottom, and deletes what it no longer has: routes to the gateway, then Gateways, then the rest, policies among it.
# "apply.sh create", once for an app, makes the object in which kubectl keeps what it has applied. "apply.sh delete" deletes the app in the same order.
set -eu
app=shop-egress # each app of a cluster has a name of its own
parent=applysets.egress.example.com/$app
manager=--field-manager=$app
objects=$(mktemp)
trap 'rm -f "$objects"' EXIT

stop() {
  echo "apply.sh: $1" >&2
  exit 1
}

# kubectl computes it of the parent's name, namespace, which is none, kind and group.
hash=$(printf '%s..ApplySet.egress.example.com' "$app" | openssl dgst -sha256 -binary | base64 | tr '+/' '-_' | tr -d =)
[ -n "$hash" ] || stop 'openssl, which computes the id of the set, is missing or failed'
id=applyset-$hash-v1
member=applyset.kubernetes.io/part-of=$id

# Deletes what is there of a kind and with an ending, but for the objects in $kept, and gives the proxies time to hear of it.
delete_gone() {
  for namespace in $namespaces; do
    members=$(kubectl --namespace "$namespace" get "$1" --selector "$member" --output 'jsonpath={range .items[*]}{.metadata.uid} {.metadata.name}{"\n"}{end}')
    echo "$members" | while read -r uid name; do
      case "$kept" in *"$uid"*) continue ;; esac
      case "$name" in *"$2") kubectl --namespace "$namespace" delete "$1" "$name"; sleep 3 ;; esac
    done
  done
}

delete_in_order() {
  delete_gone virtualservices.networking.istio.io .outbound
  delete_gone gateways.networking.istio.io ''
}

case "${1:-apply}" in
  create)
    kubectl create --filename - <<OBJECT
apiVersion: egress.example.com/v1
kind: ApplySet
metadata:
  name: $app
  labels:
    applyset.kubernetes.io/id: $id
  annotations:
    applyset.kubernetes.io/tooling: kubectl/v1.27
    applyset.kubernetes.io/contains-group-kinds: ""
OBJECT
    exit
    ;;
  apply | delete) ;;
  *) stop "there is no \"$1\": write create, delete, or nothing to apply" ;;
esac

# Nothing is changed before it is clear whose objects these are.
found=$(kubectl get "$parent" --output 'jsonpath={.metadata.labels.applyset\.kubernetes\.io/id}') ||
  stop "$parent cannot be read: make it with \"apply.sh create\", once"
[ "$found" = "$id" ] ||
  stop "$parent has the label applyset.kubernetes.io/id=$found, which is not that of its name, $id: delete it, and make it with \"apply.sh create\""
namespaces=$(kubectl get "$parent" --output 'jsonpath={.metadata.annotations.applyset\.kubernetes\.io/additional-namespaces}')
namespaces=$(echo "$namespaces" | tr ',' ' ')

if [ "${1:-apply}" = delete ]; then
  kept=
  delete_in_order
  kubectl delete --filename dist --ignore-not-found
  kubectl delete "$parent"
  exit
fi

kubectl label --local --filename dist --output yaml "$member" > "$objects"
kubectl diff --server-side "$manager" --filename "$objects" || [ $? -eq 1 ]
kubectl apply --server-side "$manager" --filename "$objects"
kept=$(kubectl get --filename "$objects" --output 'jsonpath={..metadata.uid}')
delete_in_order
export KUBECTL_APPLYSET=true
kubectl apply --server-side "$manager" --applyset="$parent" --prune --filename dist
