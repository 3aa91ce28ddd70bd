import { ApiObject, App } from 'cdk8s';

/** Gives each object its sync wave. Call it before `app.synth()`. */
export function addWaves(app: App): void {
  for (const construct of app.node.findAll()) {
    if (ApiObject.isApiObject(construct)) {
      const object = construct as ApiObject;
      object.metadata.addAnnotation('argocd.argoproj.io/sync-wave', waveOf(object));
    }
  }
}

/** A policy comes before the Gateway that it guards, and a route to the gateway when everything behind it is there. */
function waveOf({ kind, name }: ApiObject): string {
  if (kind === 'AuthorizationPolicy') {
    return '-1';
  }
  return kind === 'VirtualService' && /\.outbound(\.|$)/.test(name) ? '1' : '0';
}
