import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { AndonView } from '../../bots/andon/wire.ts'
import { asker, finished, run, until } from '../e2e/harness.ts'
import { pageOf, type Scene } from './picture.ts'
import { openBrowser, picture } from './take.ts'
import { openWorkspace } from './workspace.ts'

/** The pictures of docs/slack.md, from a real controller in the workspace of the tests. */
const folder = resolve(process.argv.slice(2).find((one) => one !== 'andon') ?? join(import.meta.dirname, '../../docs'))
const data = mkdtempSync(join(tmpdir(), 'jidoka-pictures-'))
const port = 7_975
const people = ['aki', 'ben', 'chika', 'dan', 'emi']
const slack = await openWorkspace({ people: people.map((name) => ({ name, locale: 'en-US' })), channels: [{ name: 'ops' }] })
const browser = await openBrowser()
const config = join(data, 'jidoka.config.json')
writeFileSync(
  config,
  JSON.stringify({
    components: [
      {
        id: 'polaris',
        title: 'Packet transfer',
        owner: 'core',
        dependsOn: ['dipper'],
        members: [{ id: 'polaris-1' }, { id: 'polaris-2' }],
      },
      { id: 'dipper', title: 'Sessions', owner: 'core', members: [{ id: 'dipper-1' }] },
    ],
    people: people.map((name) => ({ id: name, name: name[0]?.toUpperCase() + name.slice(1), slack: slack.idOf(name), teams: ['core'] })),
    teams: [{ id: 'core', policy: 'core' }],
    policies: [{ id: 'core', levels: [{ notify: ['person:chika'] }] }],
    carriers: [{ id: 'northwind', name: 'Northwind Mobile', contact: 'noc@northwind.example', components: ['polaris'] }],
    slack: { channel: (await slack.channel('ops'))?.id, apiUrl: slack.apiUrl },
  }),
)
const env = { SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken }
const up = run(['up', '--config', config, '--data', data, '--port', String(port)], env)
const names = new Map([
  ...people.map((name) => [slack.idOf(name), name[0]?.toUpperCase() + name.slice(1)] as const),
  [slack.app.botUserId, 'Jidoka'],
])

const take = (file: string, scene: Omit<Scene, 'names'>) => picture(browser, join(folder, file), pageOf({ ...scene, names }))
const jidoka = (...args: string[]) => finished([...args, '--data', data], { USER: 'ben' })
const messagesOf = async (name: string) => (await slack.channel(name))?.messages ?? []

try {
  await up.says('is up at')
  await slack.sockets.connected()
  const ask = asker({ data, port })
  await jidoka('change', 'add', 'polaris 4.2.0 to Tokyo', '--component', 'polaris', '--kind', 'deployment', '--by', 'dan')

  await slack.as('aki').command('/andon', '', { channel: 'ops' })
  const modal = await until('the modal', () => slack.views('aki').at(-1) ?? false)
  await take('andon-pull.png', { title: 'ops', messages: [], modal })

  await slack.as('aki').command('/andon', 'Sessions drop on polaris, devices reconnect every minute', { channel: 'ops' })
  const { id } = (await ask.get<{ items: AndonView[] }>('/v1/andons?limit=1')).items[0] as AndonView
  names.set((await slack.channel('ops'))?.id as string, 'ops')
  const room = await until('a room', async () => (await ask.get<AndonView>(`/v1/andons/${id}`)).room?.name ?? false)
  const card = await until('its card', async () => (await messagesOf(room))[0] ?? false)
  names.set((await slack.channel(room))?.id as string, room)
  await take('andon-answer.png', {
    title: 'ops',
    messages: [...(await messagesOf('ops')), ...slack.ephemerals('aki').map((one) => ({ ...one, ephemeral: true as const }))] as never,
  })

  await slack.as('ben').command('/andon', 'I see it on polaris too, two customers in Osaka call', { channel: 'ops' })
  await slack.as('chika').clickButton(card, 'andon:lead')
  await jidoka('andon', 'escalate', id, 'Confirmed', 'by', 'two', 'customers')
  await until('lanes', async () => (await ask.get<AndonView>(`/v1/andons/${id}`)).lanes.length > 0)
  await jidoka('andon', 'lane', 'take', id, '1')
  await jidoka('andon', 'lane', 'report', id, '1', 'All', 'time-outs', 'come', 'from', 'polaris-1;', 'its', 'pool', 'is', 'full')
  await jidoka('andon', 'update', id, 'Sessions drop about once a minute; one member is suspected. Next update in 30 minutes.')
  await until('the update in the room', async () => (await messagesOf(room)).some(({ text }) => text.includes('once a minute')))
  await new Promise((done) => setTimeout(done, 2_500))
  const channel = await slack.channel(room)
  await take('andon-room.png', { title: room, subtitle: channel?.topic ?? '', messages: channel?.messages ?? [] })

  await slack.as('chika').openHome()
  const home = await until('the Home', () => slack.home('chika') ?? false)
  await take('andon-home.png', {
    title: 'Jidoka (App Home)',
    messages: [{ channel: '', ts: String(Date.now() / 1_000), text: '', user: slack.app.botUserId, blocks: home.blocks }],
  })
} finally {
  await up.end()
  await Promise.all([browser.close(), slack.close()])
  rmSync(data, { recursive: true, force: true })
}
