import { ApiObject, App } from 'cdk8s';

/** Labels each object with the Kustomization that applies it. Call it before `app.synth()`. */
export function addStages(app: App): void {
  for (const construct of app.node.findAll()) {
    if (ApiObject.isApiObject(construct)) {
      const object = construct as ApiObject;
      object.metadata.addLabel('egress/stage', stageOf(object));
    }
  }
}

/** A policy comes before the Gateway that it guards, and a route to the gateway when everything behind it is there. */
function stageOf(object: ApiObject): string {
  if (object.kind === 'AuthorizationPolicy') {
    return 'policies';
  }
  return isForSidecars(object) ? 'routes' : 'services';
}

/** Whether sidecars read it, and not the gateway alone. */
function isForSidecars(object: ApiObject): boolean {
  if (object.kind !== 'VirtualService') {
    return false;
  }
  const { gateways = ['mesh'] } = object.toJson().spec as { gateways?: string[] };
  return gateways.includes('mesh');
}
