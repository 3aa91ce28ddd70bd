import { ExternalServiceOptions, ExternalServiceProps, SERVICE_OPTIONS } from './external-service';
import { ExternalServiceAttributes, IMPORTED_OPTIONS, ImportedOptions } from './imported-service';
import { checkList, checkPort, checkProps, unchecked } from '../private/check';
import { failBelow } from '../private/fail';
import { Protocol } from '../values/protocol';

/** What a kind of service with one host and one port brings along. */
interface Kind {
  readonly protocol: Protocol;
  readonly port: number;
}

interface OneHost {
  readonly host: string;
  readonly port?: number;
}

interface SeveralPorts {
  readonly host: string;
  readonly ports: number[];
}

// The host is checked with those of a service.
const ONE_PORT = { host: unchecked, port: checkPort };
const SEVERAL_PORTS = { host: unchecked, ports: checkList(checkPort, '389') };

/** A kind's properties as those of a service. They are checked before there is a construct, so its path is given by scope and id. */
export function propsOfOneHost(scope: unknown, id: unknown, what: string, props: OneHost & ExternalServiceOptions, kind: Kind): ExternalServiceProps {
  checkProps(failBelow(scope, id), what, props, { ...ONE_PORT, ...SERVICE_OPTIONS }, ['resolution']);
  return withPort(props, kind);
}

export function attributesOfOneHost(
  scope: unknown, id: unknown, what: string, attributes: OneHost & ImportedOptions, kind: Kind,
): ExternalServiceAttributes {
  checkProps(failBelow(scope, id), what, attributes, { ...ONE_PORT, ...IMPORTED_OPTIONS }, ['namespaceName']);
  return withPort(attributes, kind);
}

export function propsOfPorts(scope: unknown, id: unknown, what: string, props: SeveralPorts & ExternalServiceOptions): ExternalServiceProps {
  checkProps(failBelow(scope, id), what, props, { ...SEVERAL_PORTS, ...SERVICE_OPTIONS }, ['ports', 'resolution']);
  return withPorts(props);
}

export function attributesOfPorts(scope: unknown, id: unknown, what: string, attributes: SeveralPorts & ImportedOptions): ExternalServiceAttributes {
  checkProps(failBelow(scope, id), what, attributes, { ...SEVERAL_PORTS, ...IMPORTED_OPTIONS }, ['ports', 'namespaceName']);
  return withPorts(attributes);
}

function withPort<T extends OneHost>({ host, port, ...rest }: T, kind: Kind) {
  return { ...rest, hosts: [host], ports: [{ number: port ?? kind.port, protocol: kind.protocol }] };
}

function withPorts<T extends SeveralPorts>({ host, ports, ...rest }: T) {
  return { ...rest, hosts: [host], ports: ports.map(number => ({ number, protocol: Protocol.TCP })) };
}
