import { spawn } from 'node:child_process'
import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Component } from '../../core/catalog/schema.ts'
import { fault } from '../../core/errors.ts'
import type { HookClient } from '../../core/hooks/client.ts'
import type { Observation } from '../../core/probes/probe.ts'
import type { AwsDoor } from '../../remediation/aws.ts'
import type { World } from '../../remediation/world.ts'
import { routeByHaproxy } from './haproxy.ts'

const outputKept = 2_000

/** The world as it is: hooks over HTTP, the configured probes, commands of the host. */
export function realWorld({
  catalog,
  hooks,
  look,
  aws,
}: {
  catalog: Catalog
  hooks: HookClient
  look(member: string, limits: { timeoutMs: number; signal: AbortSignal }): Promise<Observation>
  /** By which fixes of findings reach AWS; absent: they do not. */
  aws?: AwsDoor
}): World {
  const base = (target: Parameters<World['control']>[0]): string => {
    if ('routerOf' in target) return need(hooksOfRoute(catalog.component(target.routerOf).route), target.routerOf, 'route')
    if ('agentOf' in target) return need(catalog.hooksOf(target.agentOf).agent, target.agentOf, 'agent')
    if ('guardOf' in target) return need(catalog.hooksOf(target.guardOf).guard, target.guardOf, 'guard')
    return need(catalog.hooksOf(target.member).own, target.member, 'hooks')
  }
  return {
    health: (member, limits) => hooks.health(base({ member }), limits),
    control(target, call, limits) {
      const route = 'routerOf' in target ? catalog.component(target.routerOf).route : undefined
      if (!('routerOf' in target) || !route || !('haproxy' in route)) return hooks.control(base(target), call, limits)
      const { member } = call.body ?? {}
      return routeByHaproxy(catalog.component(target.routerOf), route.haproxy, typeof member === 'string' ? member : null, limits)
    },
    async supervised(member, limits) {
      const { agent } = catalog.hooksOf(member)
      if (!agent) return null
      return (await hooks.health(agent, limits).catch(() => null))?.process ?? null
    },
    look,
    ...(aws ? { aws } : {}),
    exec: (command, { timeoutMs, signal }) =>
      new Promise((resolve, reject) => {
        const [program, ...args] = command as [string, ...string[]]
        const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], signal, timeout: timeoutMs, killSignal: 'SIGKILL' })
        let output = ''
        const keep = (data: Buffer) => {
          output = (output + data).slice(-outputKept)
        }
        child.stdout.on('data', keep)
        child.stderr.on('data', keep)
        child.on('error', (cause) => reject(fault('command-failed', { command: program, problem: cause.message }, cause)))
        child.on('close', (code, killed) =>
          code === 0
            ? resolve({ output })
            : reject(fault('command-failed', { command: program, problem: `${killed ?? `code ${code}`}: ${output.trim().slice(-300)}` })),
        )
      }),
  }
}

const hooksOfRoute = (route: Component['route']) => (route && 'hooks' in route ? route.hooks : undefined)

function need(url: string | undefined, id: string, action: string): string {
  if (url) return url
  throw fault('unknown-action', { member: id, action, known: `none: the configuration gives it no ${action}` })
}
