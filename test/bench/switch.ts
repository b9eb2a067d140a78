import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openApi } from '../../cli/api.ts'
import type { ComponentView, IncidentDetail, IncidentView } from '../../cli/views.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import { exampleConfig, urlOf } from '../../examples/platform/layout.ts'
import { type ExampleMember, membersOf, processesOf } from '../../examples/platform/members.ts'
import { type Bench, median } from './report.ts'
import { freePort, startPlatform } from './victim.ts'

/** Who answered a request through the router; null: nobody. */
const send = (url: string, seq: number) =>
  new Promise<string | null>((resolve) => {
    const request = http.get(`${url}/packets?session=bench&seq=${seq}`, { agent: false, timeout: 500 }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode === 200 ? String(response.headers['x-member']) : null))
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(null))
  })

export const switchover: Bench = {
  name: 'switch',
  summary: 'active member killed -> first good answer of the promoted standby through the router, ms',
  async run({ runs = 10, progress }) {
    const folder = mkdtempSync(join(tmpdir(), 'jidoka-bench-'))
    const basePort = ((await freePort()) % 20_000) + 20_000
    const token = `bench-${process.pid}-${performance.now()}`
    mkdirSync(join(folder, 'example'), { recursive: true })
    writeFileSync(join(folder, 'example', 'control-token'), token, { mode: 0o600 })
    process.env.JIDOKA_CONTROL_TOKEN = token
    const config = exampleConfig({ basePort, dataFolder: folder })
    const kept = new Set(['gateway', 'polaris', 'dipper'])
    config.components = config.components?.filter((component) => kept.has(component.id))
    const polaris = config.components?.find((component) => component.id === 'polaris')
    Object.assign(polaris as object, { ladder: ['failover-active-standby', 'page'], guards: { attempts: 1_000, cooldownMs: 0 } })
    const stop = await startPlatform(config, folder, ['tokyo-a', 'tokyo-c', 'edge'])
    const members = membersOf(configSchema.parse(config))
    const router = urlOf('router', basePort)
    const total: number[] = []
    const beyond: number[] = []
    let byOther = 0
    try {
      const api = await openApi({}, {}, folder)
      let seq = 0
      for (let run = 1; run <= runs; run++) {
        const active = await settled(api, members)
        const killedAt = Date.now()
        const from = performance.now()
        process.kill(active.pid, 'SIGKILL')
        let by: string | null = null
        while (by === null || by === active.id) {
          by = await send(router, seq++)
          if (by === active.id) byOther++
          if (performance.now() - from > 20_000) throw new Error('nobody took over within 20 s')
          if (by === null) await pause(1)
        }
        const goodAt = Date.now()
        total.push(performance.now() - from)
        const { items } = await api.get<{ items: IncidentView[] }>('/v1/incidents?component=polaris&limit=1')
        const incident = await api.get<IncidentDetail>(`/v1/incidents/${items[0]?.id}`)
        const detectedAt = Date.parse(incident.openedAt)
        beyond.push(Math.max(0, goodAt - Math.max(killedAt, detectedAt)))
        progress(`run ${run} of ${runs}: ${total.at(-1)?.toFixed(0)} ms in all, ${beyond.at(-1)} ms beyond detection`)
      }
    } finally {
      await stop()
    }
    return {
      figures: { medianMs: median(total), beyondDetectionMs: median(beyond), worstMs: Math.max(...total), answersOfTheDead: byOther },
      ratios: {},
      peers: {},
      absent: ['a warm spare that shares the socket takes 12-18 ms, and has no roles (design: targets)'],
      targets: { beyondDetectionMs: 50, answersOfTheDead: 0 },
    }
  },
}

/** Both members well, one of them active for a while. */
async function settled(api: Awaited<ReturnType<typeof openApi>>, members: readonly ExampleMember[]): Promise<{ id: string; pid: number }> {
  for (let tries = 0; tries < 300; tries++) {
    const polaris = await api.get<ComponentView>('/v1/components/polaris')
    const open = await api.get<{ items: IncidentView[] }>('/v1/incidents?status=open&component=polaris')
    const active = polaris.members.find((member) => member.role === 'active')
    if (active && open.items.length === 0 && polaris.members.every((member) => member.status === 'pass')) {
      const pid = processesOf(members).get(active.id)?.pid
      if (pid) {
        await pause(600)
        return { id: active.id, pid }
      }
    }
    await pause(100)
  }
  throw new Error('polaris did not settle within 30 s')
}
