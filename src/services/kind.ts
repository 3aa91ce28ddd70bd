import { ExternalPort } from './declaration';
import { ExternalServiceOptions, ExternalServiceProps, SERVICE_OPTIONS } from './external-service';
import { ExternalServiceAttributes, IMPORTED_OPTIONS, ImportedOptions } from './imported-service';
import { Check, checkConstants, checkHostName, checkProps } from '../private/check';
import { Fail, failBelow } from '../private/fail';
import { ClientTls } from '../values/client-tls';
import { Protocol } from '../values/protocol';

/** What every kind is given, besides its ports. */
interface OneHost {
  readonly host: string;
}

/** The properties of kinds that take a constant of a class. */
const CONSTANTS = ['protocol', 'sslNegotiation'];

/** The one port of a kind that speaks a protocol of the table, where its servers usually listen unless a port is given. */
export function onePort(protocol: Protocol, port: number | undefined, tls?: ClientTls): ExternalPort[] {
  return [{ number: port ?? protocol.defaultPort!, protocol, tls }];
}

/** What a kind is given beside its hosts and its own properties. */
export function without<Options>(props: object & Options, hosts: string, checks: { readonly [property: string]: Check }): Options {
  const own = [hosts, ...Object.keys(checks)];
  return Object.fromEntries(Object.entries(props).filter(([property]) => !own.includes(property))) as Options;
}

/** A kind of service with one host: its name in messages, its own properties, and the ports that they stand for. */
export class Kind<T extends OneHost> {
  public constructor(
    private readonly name: string,
    private readonly checks: { readonly [property: string]: Check },
    private readonly portsOf: (props: T) => ExternalPort[],
    private readonly required: readonly string[] = [],
    /** Properties that a declaration hands on as they are. */
    private readonly handedOn: { readonly [property: string]: Check } = {},
    /** Properties that contradict each other. */
    private readonly checkTogether: (fail: Fail, props: T) => void = () => undefined,
  ) {}

  /** A kind's properties as those of a service. They are checked before there is a construct, so its path is given by scope and id. */
  public props(scope: unknown, id: unknown, props: T & ExternalServiceOptions): ExternalServiceProps {
    checkProps(failBelow(scope, id), this.name, props, { host: checkHostName, ...this.checks, ...this.handedOn, ...SERVICE_OPTIONS }, ['host', ...this.required, 'resolution']);
    checkConstants(failBelow(scope, id), props, this.checks, ...CONSTANTS);
    this.checkTogether(failBelow(scope, id), props);
    return this.withPorts<ExternalServiceOptions>(props);
  }

  /** The attributes of a kind that another app declares as those of a service. */
  public attributes(scope: unknown, id: unknown, attributes: T & ImportedOptions): ExternalServiceAttributes {
    const what = `${this.name}.fromAttributes()`;
    checkProps(failBelow(scope, id), what, attributes, { host: checkHostName, ...this.checks, ...IMPORTED_OPTIONS }, ['host', ...this.required, 'namespaceName']);
    checkConstants(failBelow(scope, id), attributes, this.checks, ...CONSTANTS);
    this.checkTogether(failBelow(scope, id), attributes);
    return this.withPorts<ImportedOptions>(attributes);
  }

  private withPorts<Options>(props: T & Options) {
    return { ...without<Options>(props, 'host', this.checks), hosts: [props.host], ports: this.portsOf(props) };
  }
}
