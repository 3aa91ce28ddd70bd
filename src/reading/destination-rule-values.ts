import { refusedInExportTo } from './export-to-values';
import { RefusedValue, refusalOf, refusedNames } from './refused-value';
import { EXPORT_TO } from './value-forms';
import { Fields, fieldText, record, records, text } from '../view/fields';

/** What Istio's webhook refuses in a DestinationRule because of another of its fields. */
export function refusedInDestinationRule(manifest: Fields, namespace: string): RefusedValue[] {
  const spec = record(manifest.spec);
  const subsets = records(spec.subsets);
  const policies = [
    { policy: record(spec.trafficPolicy), path: ['spec', 'trafficPolicy'] },
    ...subsets.map(({ trafficPolicy }, i) => ({ policy: record(trafficPolicy), path: ['spec', 'subsets', i, 'trafficPolicy'] })),
  ];
  return [
    ...refusedNames(subsets, 'subsets', 'subset', 'v1'),
    ...refusedInExportTo(spec, { namespace, form: EXPORT_TO, isOfWorkloads: spec.workloadSelector !== undefined && spec.workloadSelector !== null }),
    ...policies.flatMap(({ policy, path }) => [
      ...withoutCertificate(policy, path), ...records(policy.portLevelSettings).flatMap((of, i) => withoutCertificate(of, [...path, 'portLevelSettings', i])),
    ]),
  ];
}

function withoutCertificate({ tls }: Fields, path: RefusedValue['path']): RefusedValue[] {
  const { mode, credentialName, clientCertificate, privateKey } = record(tls);
  const isLacking = mode === 'MUTUAL' && text(credentialName) === undefined && (text(clientCertificate) === undefined || text(privateKey) === undefined);
  const field = `'${fieldText([...path, 'tls'])}'`;
  return isLacking ? [{
    path: [...path, 'tls'], message: `${refusalOf(field, 'names no client certificate, which this mode needs', mode)}, write 'credentialName', or 'clientCertificate' and 'privateKey'`,
  }] : [];
}
