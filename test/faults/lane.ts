import { copyFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundle } from '../../infra/build/bundle.ts'
import { type Fleet, onDatabase, openFleet } from '../fleet/fleet.ts'
import { fleetConfig, portOf, urlOf } from '../fleet/layout.ts'
import { type Halts, openHalts } from './halts.ts'
import { configModule, type LaunchPad, openLaunchPad } from './launch.ts'
import { openStoreServer, type StoreServer } from './store-server.ts'

/** One fleet under trial, and what looks at it. */
export interface Lane {
  fleet: Fleet
  pad: LaunchPad
  server: StoreServer | null
  halts: Halts
  close(): Promise<void>
}

const root = resolve(import.meta.dirname, '../..')

/** Everything as it is shipped, and the controller with halts: a process that is started again is there sooner. */
export async function buildPrograms(): Promise<{ folder: string; remove(): Promise<void> }> {
  // Below the packages that the bundle leaves outside.
  const above = join(root, `node_modules/.cache/faults-${process.pid}`)
  const folder = join(above, 'dist')
  await bundle(root, folder, { faults: join(root, 'test/faults/controller-main.ts') })
  copyFileSync(join(root, 'package.json'), join(above, 'package.json'))
  return { folder, remove: () => rm(above, { recursive: true, force: true }) }
}

export async function openLane({ store, built, keep }: { store: 'sqlite' | 'postgres'; built: string; keep: boolean }): Promise<Lane> {
  const halts = openHalts()
  const server = store === 'postgres' ? await openStoreServer() : null
  const opened: { pad?: LaunchPad; fleet?: Fleet } = {}
  const close = async () => {
    await opened.fleet?.close()
    await opened.pad?.close()
    await server?.stop()
  }
  try {
    opened.fleet = await openFleet({
      synchronous: 'on',
      // Several fleets share the machine: one that is only slow is not to be taken for dead.
      probe: { everyMs: 200, timeoutMs: 600, failAfter: 2 },
      controllers: 2,
      haproxy: false,
      keep,
      program: { controller: join(built, 'faults.js'), jidoka: join(built, 'cli.js'), migrations: join(root, 'migrations') },
      onMessage: halts.heard,
      ...(server ? { store: server.url } : {}),
      more: (plan) => {
        const file = join(plan.folder, 'jidoka.config.mjs')
        const padComponent = {
          id: 'pad',
          members: [{ id: 'pad-1', address: urlOf(plan, 'pad') }],
          probes: [{ kind: 'http' as const, path: '/launched?key=probe' }],
        }
        const config = fleetConfig(plan, { components: [padComponent] })
        writeFileSync(file, configModule(config, pathToFileURL(join(built, 'public.js')).href, urlOf(plan, 'pad')))
        return { file }
      },
      async beforeStart(plan) {
        opened.pad = await openLaunchPad(portOf(plan, 'pad'))
      },
    })
    const { fleet } = opened
    await onDatabase(fleet.direct(await fleet.settled()), 'create table if not exists bench (id bigint primary key)')
    return { fleet, pad: opened.pad as LaunchPad, server, halts, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** How the fleet stands, in a few lines, for whoever has to find out why. */
export async function explain({ fleet }: Lane): Promise<string> {
  const asked = ['/v1/components/db', '/v1/runs?component=db&limit=8', '/v1/incidents?status=open']
  const told = await Promise.all(
    asked.map(async (path) => `${path}: ${JSON.stringify(await fleet.get(path).catch(String)).slice(0, 1_500)}`),
  )
  const logs = [...fleet.controllers, ...fleet.agents].map(({ name, said }) => `${name}:\n${tail(said())}`)
  const there = fleet.agents.map(
    (_, at) =>
      `${at + 1}: ${fleet
        .node(at)
        .map(({ command, state }) => `${state} ${command.slice(0, 60)}`)
        .join('; ')}`,
  )
  return [`in ${fleet.folder}`, ...told, ...there, ...logs].join('\n')
}

const tail = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .slice(-12)
    .map((line) => `  ${line.slice(0, 400)}`)
    .join('\n')
