from cdk8s import ApiObject, App


def add_waves(app: App) -> None:
    """Gives each object its sync wave, and lets policies be pruned last. Call it before `app.synth()`."""
    for construct in app.node.find_all():
        if ApiObject.is_api_object(construct):
            construct.metadata.add_annotation("argocd.argoproj.io/sync-wave", wave_of(construct))
            if construct.kind == "AuthorizationPolicy":
                construct.metadata.add_annotation("argocd.argoproj.io/sync-options", "PruneLast=true")


def wave_of(obj: ApiObject) -> str:
    """A policy comes before the Gateway that it guards, and a route to the gateway when everything behind it is there."""
    if obj.kind == "AuthorizationPolicy":
        return "-1"
    return "1" if is_for_sidecars(obj) else "0"


def is_for_sidecars(obj: ApiObject) -> bool:
    """Whether sidecars read it, and not the gateway alone."""
    return obj.kind == "VirtualService" and "mesh" in obj.to_json()["spec"].get("gateways", ["mesh"])
