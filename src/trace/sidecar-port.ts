import { HttpHosts } from './http-hosts';
import { PortListeners } from './listener';
import { ProxyScope } from './proxy-scope';
import { Chooser } from './route-choice';
import { KnownService } from '../view/known-service';

/** What the sidecar of a workload does on a port. */
export class SidecarPort {
  public readonly listeners: PortListeners;
  /** Made when requests arrive. */
  private hosts?: HttpHosts;

  /** @param headless the addresses at which proxies listen for a headless Service */
  public constructor(private readonly scope: ProxyScope, private readonly chooser: Chooser, headless: (service: KnownService) => readonly string[]) {
    this.listeners = new PortListeners(scope, chooser, headless);
  }

  /** How it tells requests apart. */
  public get requests(): HttpHosts {
    return this.hosts ??= new HttpHosts(this.scope, this.chooser);
  }
}
