import { isRefused } from './answers';
import { passedOn } from './evidence';
import { http } from '../lab/clients';
import { Deployment } from '../lab/deployment';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';
import type { Scenario } from '../lab/scenario';

/** A book as the API describes it; the details that come out of details' own memory have another publisher. */
const BOOK = {
  title: 'The Comedy of Errors',
  authors: ['William Shakespeare'],
  publisher: 'the publisher outside',
  publishedDate: '2002',
  industryIdentifiers: [{ type: 'ISBN_10', identifier: '0486424618' }, { type: 'ISBN_13', identifier: '9780486424613' }],
  pageCount: 75,
  printType: 'BOOK',
  language: 'en',
};
const PATH = '/books/v1/volumes';
const ADDRESS = '192.0.2.47';

export const detailsHttps: Scenario = {
  name: 'details-https',
  promise: 'Bookinfo\'s details calls an API in plaintext, the gateway speaks TLS with it and verifies it, and no other account reaches it',
  async run(lab, report) {
    const manifest = Manifest.ofExample('bookinfo-details-https', 'via-gateway');
    const [host] = manifest.entry().spec.hosts as string[];
    await Promise.all([lab.dns.set(host, ADDRESS), ...manifest.namespaces().map((namespace) => lab.namespace(namespace))]);
    await lab.kube.apply(manifest.without('ServiceEntry', 'Gateway', 'AuthorizationPolicy', 'VirtualService', 'DestinationRule'));
    const deploy = (name: string): Promise<Deployment> => Deployment.start(lab, manifest.one('Deployment', name));
    const [{ pod: details }, , { pod: productpage }, [gateway], api] = await Promise.all([
      deploy('details-v2'), deploy('details-v1'), deploy('productpage-v1'), lab.stockGateway(),
      lab.website({ address: ADDRESS, host, who: 'the API', pages: { [PATH]: JSON.stringify({ items: [{ volumeInfo: BOOK }] }) } }),
    ]);
    /** Undefined when productpage gets the details of the book from outside. */
    const shows = async (): Promise<string | undefined> => {
      const { code, text } = await http(productpage, { url: 'http://details:9080/details/0' });
      return code === 200 && (JSON.parse(text) as { publisher: string }).publisher === BOOK.publisher ? undefined : `${code} ${text}`;
    };
    const failed = async (): Promise<string | undefined> => {
      const { code, text } = await http(productpage, { url: 'http://details:9080/details/0' });
      return code === 400 ? undefined : `${code} ${text}`;
    };
    const ask = (pod: Pod) => http(pod, { url: `http://${host}${PATH}?q=isbn:0486424618` });

    await lab.kube.apply(manifest.without('ServiceEntry'));
    await report.check('nothing declared: details fails', failed, { steady: 1 });
    await lab.kube.apply(manifest.yaml);
    await report.check('declared, with an authority that the gateway does not know: details fails', failed, { steady: 2 });
    await report.check('the gateway sent it nothing', () => {
      const lines = gateway.proxy.log.since().filter((line) => line.principal === details.principal);
      return lines.some((line) => line.failure?.includes('CERTIFICATE_VERIFY_FAILED')) ? undefined : JSON.stringify(lines.slice(-1));
    });
    // as in an image whose authorities include the one of the API
    await gateway.machine.must(['sh', '-c', 'cat "$0" >> /etc/ssl/certs/ca-certificates.crt', api.authority]);
    await report.check('with one that it knows: the details are those of the API', shows);

    const [serverName] = manifest.serverNames();
    await report.check('the gateway passed the requests on to its TLS port, under the identity of details', () =>
      passedOn([gateway], serverName, details, `${ADDRESS}:443`));
    await report.holds('productpage, an account that was not named, is refused', 2, async () => isRefused(await ask(productpage)));
    await report.check('its sidecar says 503: the gateway has ended the handshake', () => {
      const lines = productpage.proxy.log.since().filter((line) => line.upstream?.startsWith(`${gateway.address}:`));
      return lines.length > 0 && lines.every((line) => line.code === 503 && line.flags?.includes('UC')) ? undefined : JSON.stringify(lines.slice(-1));
    });
    await report.check('details is still served', shows);
  },
};
