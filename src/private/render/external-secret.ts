import { ExternalSecretModel } from '../model';

/** `creationPolicy` and `deletionPolicy` stay the operator's: it owns the Secret, and keeps it when the value is gone from the store. */
export function renderExternalSecret({ secretName, store: { kind, name }, refreshInterval, values }: ExternalSecretModel): unknown {
  return {
    secretStoreRef: { kind, name },
    refreshInterval,
    target: { name: secretName },
    data: values.map(({ secretKey, remoteKey, property }) => ({ secretKey, remoteRef: { key: remoteKey, property } })),
  };
}
