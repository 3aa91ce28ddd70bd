/** Where the report of a set says something else than the library says of the app. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Expectations } from './expectations';
import { factsOf } from './traced';
// The report is not public: it is asked directly, with the objects of a set as anybody reads them from its files.
import { readManifests } from '../src/reading/manifests';
import { Access } from '../src/report/access';
import { Report, reportOf } from '../src/report/report';
import { MeshView } from '../src/view/mesh-view';

/** The namespace that objects get that name none. */
const DEFAULT = 'default';

/** What the folder of a set gives, reported. */
export function reportIn(folder: string, mesh?: Expectations['mesh']): Report {
  const files = (fs.readdirSync(folder, { recursive: true }) as string[]).filter(file => /\.ya?ml$/.test(file)).sort();
  const { objects } = readManifests(files.map(file => ({ file, text: fs.readFileSync(path.join(folder, file), 'utf8'), isNamed: true })), DEFAULT);
  return reportOf(new MeshView(factsOf(mesh), objects));
}

/**
 * Compares the clients that the library describes with those whom the report lets pass, and the ways of both.
 *
 * @param isPart whether the folder has another app too, which may have clients of its own
 */
export function reportDisagreements(folder: string, { services, mesh }: Expectations, isPart = false): string[] {
  const report = reportIn(folder, mesh);
  const isClosed = factsOf(mesh).outboundTrafficPolicy === 'REGISTRY_ONLY';
  return services.flatMap(service => service.hosts.flatMap(host => service.ports.flatMap(({ number: port }) => {
    const all = report.dependencies.flatMap(({ access }) => access).filter(({ target }) => target.host === host && target.port === port);
    if (all.length === 0) {
      return [`${service.path}: ${host}:${port} is not in the report`];
    }
    const gateway = service.route && `${service.route.gateway.namespace}/${service.route.gateway.service}`;
    const visible = service.visibleTo.map(name => (name === '' ? DEFAULT : name));
    const clients = service.clients.map(({ namespace, serviceAccount }) => ({ namespace: namespace === '' ? DEFAULT : namespace, account: serviceAccount }));
    // A gateway that asks for no certificate of the mesh cannot tell accounts apart.
    const isBlind = service.route?.legs.some(({ mutual }) => !mutual) ?? true;
    const isClient = ({ client: { namespace, account } }: Access) => (isBlind ? visible.includes('*') || visible.includes(namespace)
      : clients.some(client => client.namespace === namespace && (client.account === undefined || client.account === account)));
    return all.flatMap((access): string[] => {
      const { client: { namespace, account }, verdict, gateway: passed, why } = access;
      const who = `${service.path}: ${namespace}/${account} to ${host}:${port}`;
      const wrong = verdict === 'UNKNOWN' ? 'is not known to the report'
        : isClient(access) && (verdict !== 'REACHES' || passed !== gateway) ? `reaches it by ${gateway ?? 'its sidecar'}, says the library`
          : !isPart && !isClient(access) && verdict === 'REACHES' ? 'is no client of it, says the library'
            : !isClient(access) && verdict === 'DIRECT' && isClosed && report.view.namespaces.planeOf(namespace) !== 'NONE' ? 'passes a closed mesh' : undefined;
      return wrong === undefined ? [] : [`${who} ${wrong}; the report says ${verdict} ${passed ?? ''} (${why})`];
    });
  })));
}
