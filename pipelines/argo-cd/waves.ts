import { ApiObject, App } from 'cdk8s';

/** Gives each object its sync wave, and lets policies be pruned last. Call it before `app.synth()`. */
export function addWaves(app: App): void {
  for (const construct of app.node.findAll()) {
    if (ApiObject.isApiObject(construct)) {
      const object = construct as ApiObject;
      object.metadata.addAnnotation('argocd.argoproj.io/sync-wave', waveOf(object));
      if (object.kind === 'AuthorizationPolicy') {
        object.metadata.addAnnotation('argocd.argoproj.io/sync-options', 'PruneLast=true');
      }
    }
  }
}

/** A policy comes before the Gateway that it guards, and a route to the gateway when everything behind it is there. */
function waveOf(object: ApiObject): string {
  if (object.kind === 'AuthorizationPolicy') {
    return '-1';
  }
  return isForSidecars(object) ? '1' : '0';
}

/** Whether sidecars read it, and not the gateway alone. */
function isForSidecars(object: ApiObject): boolean {
  if (object.kind !== 'VirtualService') {
    return false;
  }
  const { gateways = ['mesh'] } = object.toJson().spec as { gateways?: string[] };
  return gateways.includes('mesh');
}
