import { Duration } from 'cdk8s';
import { ClientTls, EgressGateway, EgressViaGateway, ExternalHttp, ExternalService, HttpSettings, MeshClient, Protocol, Resolution } from '../../src';
import { all, messageOf, only, synth } from '../helpers';

const HTTP: HttpSettings = {
  timeout: Duration.millis(500),
  retries: { attempts: 3, perTryTimeout: Duration.millis(100), retryOn: 'connect-failure,503' },
  fault: { delay: { percentage: 10, fixedDelay: Duration.seconds(2) }, abort: { percentage: 0.5, httpStatus: 503 } },
};
const WRITTEN = {
  timeout: '0.5s',
  retries: { attempts: 3, perTryTimeout: '0.1s', retryOn: 'connect-failure,503' },
  fault: { delay: { percentage: { value: 10 }, fixedDelay: '2s' }, abort: { percentage: { value: 0.5 }, httpStatus: 503 } },
};

const api = (
  http: HttpSettings | undefined, route = false, clients = [route ? MeshClient.serviceAccount('shop', 'cart') : MeshClient.allIn('shop')],
) => synth(chart => {
  const service = new ExternalHttp(chart, 'Api', { host: 'api.example.com', resolution: Resolution.dnsRoundRobin(), tls: ClientTls.originate(), http });
  if (route) {
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(service);
  }
  service.allowFrom(...clients);
});

describe('HTTP settings', () => {
  test('of a direct service are a rule of the sidecars that see it', () => {
    const { spec } = only(api(HTTP), 'VirtualService', 'api.bookinfo.outbound');

    expect(spec).toEqual({
      hosts: ['api.example.com'],
      gateways: ['mesh'],
      http: [{ match: [{ port: 80 }], ...WRITTEN, route: [{ destination: { host: 'api.example.com', port: { number: 80 } } }] }],
      exportTo: ['shop'],
    });
  });

  test('of a routed service join its rule for the sidecars, for each way of a client', () => {
    const manifests = api(HTTP, true, [MeshClient.serviceAccount('shop', 'cart'), MeshClient.allIn('data')]);

    expect(only(manifests, 'VirtualService', 'api.bookinfo.outbound').spec.http).toMatchObject([WRITTEN, WRITTEN]);
  });

  test('are for the HTTP ports of each host', () => {
    const manifests = synth(chart => new ExternalService(chart, 'Api', {
      hosts: ['a.example.com', 'b.example.com'],
      ports: [{ number: 80, protocol: Protocol.HTTP }, { number: 8080, protocol: Protocol.GRPC }, { number: 443, protocol: Protocol.HTTPS }],
      resolution: Resolution.dnsRoundRobin(),
      http: { timeout: Duration.seconds(5) },
    }));
    const rules = all(manifests, 'VirtualService');

    expect(rules.map(({ metadata, spec }) => [metadata.name, spec.hosts])).toEqual([
      ['api.bookinfo.outbound', ['a.example.com']], ['api.bookinfo.outbound.b--example--com', ['b.example.com']],
    ]);
    expect(rules[1].spec.http.map(({ match, timeout }: { match: object; timeout: string }) => [match, timeout])).toEqual([[[{ port: 80 }], '5s'], [[{ port: 8080 }], '5s']]);
  });

  test('that are none write nothing', () => {
    expect(all(api(undefined), 'VirtualService')).toEqual([]);
  });

  test('may switch retries off', () => {
    expect(only(api({ retries: { attempts: 0 } }), 'VirtualService').spec.http[0].retries).toEqual({ attempts: 0 });
  });
});

describe('HTTP settings that cannot be are refused', () => {
  test.each<[string, object, string]>([
    ['a time as text', { timeout: '0.5s' }, '\'http.timeout\' must be a Duration of at least a millisecond, like Duration.seconds(5), got "0.5s"'],
    ['a misspelt setting', { retry: {} }, '\'retry\' is not a property of \'http\': it has \'timeout\', \'retries\', \'fault\''],
    ['no number of tries', { retries: {} }, '\'attempts\' is missing, which \'http.retries\' needs'],
    ['less than no try', { retries: { attempts: -1 } }, '\'http.retries.attempts\' must be a whole number from 1'],
    ['an empty reason', { retries: { attempts: 1, retryOn: '' } }, '\'http.retries.retryOn\' must be a text that is not empty, got ""'],
    ['an unknown reason', { retries: { attempts: 1, retryOn: 'banana' } },
      '\'http.retries.retryOn\' must be failures and statuses joined by "," without spaces, like "connect-failure,503", got "banana": the failures are 5xx, gateway-error, reset,'],
    ['a reason after a space', { retries: { attempts: 1, retryOn: 'connect-failure, 503' } }, '\'http.retries.retryOn\' must be failures and statuses joined by "," without spaces, like '
      + '"connect-failure,503", got " 503"'],
    ['a reason that is missing', { retries: { attempts: 1, retryOn: '5xx,' } }, 'got ""'],
    ['a status that is none', { retries: { attempts: 1, retryOn: '600' } }, 'got "600"'],
    ['how long no try takes', { retries: { attempts: 0, perTryTimeout: Duration.seconds(1) } }, '\'http.retries.perTryTimeout\' says how to try again, and \'attempts\' is 0: leave it out'],
    ['a reason for no try', { retries: { attempts: 0, retryOn: '503' } }, '\'http.retries.retryOn\' says how to try again, and \'attempts\' is 0: leave it out'],
    ['an empty fault', { fault: {} }, '\'http.fault\' has neither \'delay\' nor \'abort\': give one of them, or leave it out'],
    ['a share that Istio does not take', { fault: { abort: { percentage: 0.00001, httpStatus: 500 } } }, '\'http.fault.abort.percentage\' must be a number of percent from 0.0001 to 100'],
    ['a try that takes longer than the request', { timeout: Duration.seconds(1), retries: { attempts: 1, perTryTimeout: Duration.seconds(2) } },
      '\'http.retries.perTryTimeout\' 2s is longer than the \'timeout\' of the whole request, 1s'],
    ['a delay of nothing', { fault: { delay: { percentage: 0, fixedDelay: Duration.seconds(1) } } }, '\'http.fault.delay.percentage\' must be a number of percent from 0.0001 to 100, got 0'],
    ['a delay of more than all', { fault: { delay: { percentage: 101, fixedDelay: Duration.seconds(1) } } }, '\'http.fault.delay.percentage\' must be a number of percent from 0.0001 to 100, got 101'],
    ['a delay without a time', { fault: { delay: { percentage: 1 } } }, '\'fixedDelay\' is missing, which \'http.fault.delay\' needs'],
    ['an answer without a status', { fault: { abort: { percentage: 1 } } }, '\'httpStatus\' is missing, which \'http.fault.abort\' needs'],
    ['an answer that is none', { fault: { abort: { percentage: 1, httpStatus: 100 } } }, '\'http.fault.abort.httpStatus\' must be a status from 200 to 599, got 100'],
    ['an answer beyond all', { fault: { abort: { percentage: 1, httpStatus: 600 } } }, '\'http.fault.abort.httpStatus\' must be a status from 200 to 599, got 600'],
    ['a share as text', { fault: { abort: { percentage: '10', httpStatus: 500 } } }, '\'http.fault.abort.percentage\' must be a number of percent from 0.0001 to 100, got "10"'],
    ['a misspelt fault', { fault: { error: {} } }, '\'error\' is not a property of \'http.fault\''],
  ])('%s', (_, http, message) => {
    expect(messageOf(() => api(http))).toMatch(/^\[test\/Api\] /);
    expect(messageOf(() => api(http))).toContain(message);
  });

  test('reasons that a sidecar behind a gateway never has', () => {
    const retryOn = (reasons: string) => ({ retries: { attempts: 2, retryOn: reasons } });

    expect(messageOf(() => api(retryOn('connect-failure,reset'), true))).toContain('[test/Api] \'retryOn\' "connect-failure,reset" has no effect behind a gateway, whose failed '
      + 'connections are answers with 503 to the sidecar: add 503');
    ['connect-failure,503', '5xx', 'gateway-error,reset'].forEach(reasons => expect(() => api(retryOn(reasons), true)).not.toThrow());
    expect(() => api(retryOn('connect-failure'))).not.toThrow();
  });

  test('a try as long as the request', () => {
    expect(() => api({ timeout: Duration.seconds(1), retries: { attempts: 1, perTryTimeout: Duration.seconds(1) } })).not.toThrow();
  });

  test('for requests that no proxy reads', () => {
    const make = () => synth(chart => new ExternalHttp(chart, 'Api', { host: 'api.example.com', resolution: Resolution.dns(), http: { timeout: Duration.seconds(1) } }));

    expect(messageOf(make)).toBe('[test/Api] \'http\' needs a port whose requests the sidecars can read, and this service has none: declare Protocol.HTTP, with '
      + 'ClientTls.originate() when the service wants TLS');
  });
});
