import { setTimeout as pause } from 'node:timers/promises'
import type { Api } from '../api.ts'
import { type ApiOptions, type Cli, defineCommand, forScripts, reaching } from '../define.ts'
import { type Held, headline, type Picture, paintsOf, renderStatus } from '../render.ts'
import type { ComponentView, IncidentDetail, IncidentView } from '../views.ts'

export const status = defineCommand('status', {
  summary: 'How the platform is; with --watch, live',
  setup(command, cli, run) {
    forScripts(reaching(command))
      .option('-w, --watch', 'redraw whenever something changes, until Ctrl-C')
      .action(run((options) => (options.watch ? watch(cli, options) : once(cli, options))))
  },
})

const openShown = 10

interface ControllerView {
  url: string
  leader: boolean
  seenAt: string
}

/** One line, when there are several; an older controller knows of none. */
async function othersOf(api: Api): Promise<string | null> {
  const { items } = await api.get<{ items: ControllerView[] }>('/v1/controllers').catch(() => ({ items: [] as ControllerView[] }))
  return items.length < 2 ? null : `Controllers: ${items.map(({ url, leader }) => (leader ? `${url} (leads)` : url)).join(', ')}`
}

/** An older controller knows of some of these, or of none. */
async function heldOf(api: Api): Promise<Held> {
  const list = async <T>(path: string) => (await api.get<{ items: T[] }>(path).catch(() => ({ items: [] as T[] }))).items
  const [pauses, maintenance, runs] = await Promise.all([
    list<Held['pauses'][number] & { off: boolean }>('/v1/automation'),
    list<Held['maintenance'][number] & { inForce: boolean }>('/v1/maintenance'),
    list<Held['waiting'][number] & { status: string }>('/v1/runs?limit=200'),
  ])
  return {
    pauses: pauses.filter(({ off }) => off),
    maintenance: maintenance.filter(({ inForce }) => inForce),
    waiting: runs.filter(({ status }) => status === 'waiting'),
  }
}

export async function look(api: Api): Promise<Picture> {
  const [held, components, incidents] = await Promise.all([
    heldOf(api),
    api.get<{ items: ComponentView[] }>('/v1/components?limit=200'),
    api.get<{ items: IncidentView[] }>(`/v1/incidents?status=open&limit=${openShown}`),
  ])
  return {
    held,
    components: components.items,
    incidents: await Promise.all(incidents.items.map((incident) => api.get<IncidentDetail>(`/v1/incidents/${incident.id}`))),
  }
}

async function once(cli: Cli, options: ApiOptions & { json?: boolean }) {
  const api = await cli.api(options)
  const [picture, others] = await Promise.all([look(api), options.json ? null : othersOf(api)])
  const well = headline(picture).level === 'pass'
  if (options.json) cli.json({ well, headline: headline(picture).text, ...picture })
  else cli.out([renderStatus(picture, paintsOf(cli)), ...(others ? ['', others] : [])].join('\n'))
  return well ? (0 as const) : (1 as const)
}

const gatherMs = 100
const reconnectMs = 1_000

/** Redraws after each change, at most ten times a second; reconnects by itself. */
async function watch(cli: Cli, options: ApiOptions) {
  const api = await cli.api(options)
  const paint = paintsOf(cli)
  let shown = ''
  let drawing = false
  async function draw() {
    const text = renderStatus(await look(api), paint)
    if (text === shown) return
    shown = text
    cli.out(cli.tty ? `\x1b[2J\x1b[H${text}\n\n${paint('gray', `${api.url}  Ctrl-C to leave`)}` : text)
  }
  /** What comes within `gatherMs` is drawn once; what could not be read is drawn after the next connection. */
  async function drawSoon() {
    if (drawing) return
    drawing = true
    await pause(gatherMs)
    drawing = false
    await draw().catch(() => {})
  }
  await draw()
  while (!cli.interrupted.aborted) {
    try {
      for await (const _ of api.events(cli.interrupted)) void drawSoon()
    } catch {
      if (cli.interrupted.aborted) break
    }
    await pause(reconnectMs, undefined, { signal: cli.interrupted }).catch(() => {})
    if (cli.interrupted.aborted) break
    await draw().catch(() => {
      shown = ''
      cli.err(`jidoka: ${api.url} does not answer; trying again. Nothing is mended by itself while the controller is away.`)
    })
  }
  return 0 as const
}
