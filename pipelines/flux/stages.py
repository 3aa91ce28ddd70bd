from cdk8s import ApiObject, App


def add_stages(app: App) -> None:
    """Labels each object with the Kustomization that applies it. Call it before `app.synth()`."""
    for construct in app.node.find_all():
        if ApiObject.is_api_object(construct):
            construct.metadata.add_label("egress/stage", stage_of(construct))


def stage_of(obj: ApiObject) -> str:
    """A policy comes before the Gateway that it guards, and a route to the gateway when everything behind it is there."""
    if obj.kind == "AuthorizationPolicy":
        return "policies"
    return "routes" if is_for_sidecars(obj) else "services"


def is_for_sidecars(obj: ApiObject) -> bool:
    """Whether sidecars read it, and not the gateway alone."""
    return obj.kind == "VirtualService" and "mesh" in obj.to_json()["spec"].get("gateways", ["mesh"])
