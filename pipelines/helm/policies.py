from cdk8s import ApiObject, App


def keep_policies(app: App) -> None:
    """Lets Helm delete no policy: it would, before the Gateway that the policy guards. Call it before `app.synth()`."""
    for construct in app.node.find_all():
        if ApiObject.is_api_object(construct) and construct.kind == "AuthorizationPolicy":
            construct.metadata.add_annotation("helm.sh/resource-policy", "keep")
