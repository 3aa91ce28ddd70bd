import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Authority } from './certificates';
import { Kube } from './kube';
import { must, Service } from './processes';

export interface ApiServerOptions {
  readonly folder: string;
  readonly address: string;
  readonly binary: string;
}

/** etcd and a kube-apiserver: the real admission path, without controllers and without nodes. */
export class ApiServer {
  static async start(options: ApiServerOptions): Promise<ApiServer> {
    const folder = options.folder;
    fs.mkdirSync(folder, { recursive: true });
    const etcd = new Service('etcd', [
      'etcd', '--data-dir', path.join(folder, 'etcd'), '--unsafe-no-fsync',
      '--listen-client-urls', 'http://127.0.0.1:2379', '--advertise-client-urls', 'http://127.0.0.1:2379',
      '--listen-peer-urls', 'http://127.0.0.1:2380', '--logger', 'zap', '--log-level', 'warn',
    ], { log: path.join(folder, 'etcd.log') });
    const authority = await Authority.create(path.join(folder, 'pki'), 'lab-kubernetes');
    const serving = await authority.issue('apiserver', ['kubernetes.default.svc', 'localhost'], ['127.0.0.1', options.address]);
    const accounts = path.join(folder, 'pki', 'accounts.key');
    await must(['openssl', 'genrsa', '-out', accounts, '2048']);
    const token = crypto.randomBytes(24).toString('hex');
    const tokens = path.join(folder, 'pki', 'tokens.csv');
    fs.writeFileSync(tokens, `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
    const issuer = 'https://kubernetes.default.svc.cluster.local';
    const service = new Service('kube-apiserver', [
      options.binary, '--etcd-servers=http://127.0.0.1:2379', '--bind-address=0.0.0.0', '--secure-port=6443', `--advertise-address=${options.address}`,
      `--tls-cert-file=${serving.certificate}`, `--tls-private-key-file=${serving.key}`, `--cert-dir=${path.join(folder, 'pki')}`,
      `--token-auth-file=${tokens}`, '--authorization-mode=RBAC', '--anonymous-auth=false',
      `--service-account-issuer=${issuer}`, `--service-account-signing-key-file=${accounts}`, `--service-account-key-file=${accounts}`,
      `--api-audiences=${issuer},istio-ca`, '--service-cluster-ip-range=10.96.0.0/16',
      // no controller makes the accounts that this plugin asks for
      '--disable-admission-plugins=ServiceAccount',
      // webhooks are reached at the Service's endpoints: there is no kube-proxy that would serve its cluster IP
      '--enable-aggregator-routing=true', '--endpoint-reconciler-type=none', '--profiling=false', '--watch-cache=true', '--v=1',
    ], { log: path.join(folder, 'kube-apiserver.log') });
    const kube = new Kube({ server: 'https://127.0.0.1:6443', authority: authority.certificate, token, folder });
    await service.ready('no answer', () => kube.ready(), 60);
    return new ApiServer(kube, etcd, service);
  }

  private constructor(readonly kube: Kube, readonly etcd: Service, readonly service: Service) {}
}
