import { ApiObject, App } from 'cdk8s';

/** Lets Helm delete no policy: it would, before the Gateway that the policy guards. Call it before `app.synth()`. */
export function keepPolicies(app: App): void {
  for (const construct of app.node.findAll()) {
    if (ApiObject.isApiObject(construct) && (construct as ApiObject).kind === 'AuthorizationPolicy') {
      (construct as ApiObject).metadata.addAnnotation('helm.sh/resource-policy', 'keep');
    }
  }
}
