import { refusedInExportTo } from './export-to-values';
import { RefusedValue, refusedAt, refusedNames, refusedTwins } from './refused-value';
import { isName, SERVICE_EXPORT_TO } from './value-forms';
import { isCidr, isIp } from '../private/check';
import { Fields, record, text } from '../view/fields';

/** What Istio's webhook refuses in a ServiceEntry because of another of its fields. */
export function refusedInServiceEntry(manifest: Fields, namespace: string): RefusedValue[] {
  const spec = record(manifest.spec);
  const resolution = text(spec.resolution) ?? 'NONE';
  return [
    ...withoutHost(spec), ...everyHost(spec), ...refusedPorts(spec), ...rangesBesideDns(spec, resolution), ...refusedEndpoints(spec, resolution),
    ...refusedInExportTo(spec, { namespace, form: SERVICE_EXPORT_TO }),
  ];
}

/** One that leaves the field out may have it under another name, or beside 'spec', which is told as that (MX0104, MX0106). */
function withoutHost({ hosts }: Fields): RefusedValue[] {
  return hosts === null || Array.isArray(hosts) && hosts.length === 0 ? [refusedAt(['spec', 'hosts'], 'names no host', hosts, 'write the names by which clients connect')] : [];
}

function everyHost({ hosts }: Fields): RefusedValue[] {
  return listOf(hosts).flatMap((host, i) => (host !== '*' ? []
    : [refusedAt(['spec', 'hosts', i], 'is every host, those of the cluster too', host, 'write a domain, such as *.example.com')]));
}

function refusedPorts({ ports: written }: Fields): RefusedValue[] {
  const ports = listOf(written).map(record);
  const numbers = ports.map(({ number }) => (typeof number === 'number' ? number : undefined));
  return [
    ...refusedNames(ports, 'ports', 'port', 'tls'),
    ...refusedTwins(numbers, i => ['spec', 'ports', i, 'number'], first => `is the number of 'spec.ports[${first}]' too`, 'write each number once'),
  ];
}

const BY_DNS = ['DNS', 'DNS_ROUND_ROBIN'];

function rangesBesideDns(spec: Fields, resolution: string): RefusedValue[] {
  return !BY_DNS.includes(resolution) ? [] : listOf(spec.addresses).flatMap((address, i): RefusedValue[] => (
    typeof address !== 'string' || !isCidr(address) ? [] : [refusedAt(
      ['spec', 'addresses', i], `is a range, which 'resolution: ${resolution}' cannot have`, address, 'write single addresses, or \'resolution: NONE\' for a range',
    )]));
}

function refusedEndpoints(spec: Fields, resolution: string): RefusedValue[] {
  const ports = new Set(listOf(spec.ports).map(port => record(port).name));
  return listOf(spec.endpoints).flatMap((item, i) => {
    const endpoint = record(item);
    const path = ['spec', 'endpoints', i];
    const wrong = addressProblem(endpoint.address, resolution);
    const names = Object.keys(record(endpoint.ports)).filter(name => !ports.has(name));
    return [
      ...wrong === undefined ? [] : [refusedAt([...path, 'address'], wrong.what, endpoint.address, wrong.instead)],
      ...names.map(name => refusedAt([...path, 'ports', name], 'is no port of \'spec.ports\'', name, `write the name of one: ${[...ports].join(', ')}`)),
    ];
  });
}

function addressProblem(address: unknown, resolution: string): { readonly what: string; readonly instead: string } | undefined {
  if (typeof address !== 'string' || address === '' || isIp(address)) {
    return undefined;
  }
  if (resolution === 'STATIC' && !address.startsWith('unix://')) {
    const what = 'is no IP address, which \'resolution: STATIC\' takes alone';
    return { what, instead: isName(address) ? 'write its addresses, or \'resolution: DNS\' for a host' : 'write one like 192.0.2.14' };
  }
  return BY_DNS.includes(resolution) && !isName(address) ? { what: 'is no IP address and no host name', instead: 'write the name alone, such as db.example.com, or an address' } : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
