import net from 'node:net'
import { indexCatalog } from '../catalog/catalog.ts'
import { type Component, configSchema, type Member, type ProbeConfig } from '../catalog/schema.ts'
import { systemClock } from '../clock.ts'
import { hookClient } from '../hooks/client.ts'
import type { ProbeDeps, Target } from './define.ts'
import { startLook } from './look.ts'
import type { Observation } from './probe.ts'

/** For the tests of the probes: one look of one probe at one member, over real sockets, by the real clock. */
export function looker(member: object, probe: object, more: object = {}) {
  const config = configSchema.parse({ ...more, components: [{ id: 'leo', members: [{ id: 'leo-1', ...member }], probes: [probe] }] })
  const component = config.components[0] as Component
  const hooks = hookClient({ token: () => 'none', clock: systemClock })
  const deps: ProbeDeps = { catalog: indexCatalog(config), clock: systemClock, hooks, lastBeat: () => 0 }
  const target: Target = { component, member: component.members[0] as Member, probe: component.probes[0] as ProbeConfig }
  return {
    look: () => new Promise<Observation>((resolve) => startLook(target, deps, target.probe.timeoutMs, resolve)),
    close: () => hooks.close(),
  }
}

/** Starts a server on a free port of loopback; answers `host:port`. */
export function listen(server: net.Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(`127.0.0.1:${(server.address() as net.AddressInfo).port}`))
  })
}

/** A port of loopback at which nobody listens. */
export async function closedPort(): Promise<string> {
  const server = net.createServer()
  const address = await listen(server)
  await new Promise((resolve) => server.close(resolve))
  return address
}
