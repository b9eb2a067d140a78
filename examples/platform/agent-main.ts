import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import type { Config } from '../../core/catalog/schema.ts'
import { systemClock } from '../../core/clock.ts'
import { isFault } from '../../core/errors.ts'
import { startAgent } from '../../core/hooks/agent/agent.ts'
import { openLog } from '../../core/log.ts'
import { systemRandom } from '../../core/random.ts'
import { answers } from './agents.ts'
import { quit, readToken } from './service.ts'
import { agentTokenFile, configFile } from './state.ts'

/**
 * One agent of the example: `node agent-main.ts AGENT --folder DIR --controller URL`. It outlives the controller, and ends
 * by itself, with its members, when there has been none for a quarter of an hour.
 */
const exitAfterSilenceMs = 15 * 60_000
const lookEveryMs = 60_000

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { folder: { type: 'string' }, controller: { type: 'string' } },
})
const [id] = positionals
const { folder, controller: controllerUrl } = values
if (!id || !folder || !controllerUrl) quit(2, 'usage: node agent-main.ts AGENT --folder DIR --controller URL')

// Written by start.ts, which has validated it.
const config = JSON.parse(readFileSync(configFile(folder), 'utf8')) as Config
const catalog = indexCatalog(config)

try {
  const { hostname, port } = new URL(catalog.agent(id).url)
  const agent = await startAgent({
    id,
    catalog,
    host: hostname,
    port: Number(port),
    controlToken: readToken(folder),
    controller: { url: controllerUrl, token: readFileSync(agentTokenFile(folder), 'utf8').trim() },
    dataFolder: folder,
    env: process.env,
    clock: systemClock,
    random: systemRandom,
    log: openLog({ fd: 2 }),
    exitAfterSilenceMs,
  })
  // A controller that has nothing to ask of us is there all the same: while it answers, somebody is heard.
  const looking = setInterval(async () => {
    if (await answers(controllerUrl)) await answers(agent.url)
  }, lookEveryMs)
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => void agent.close())
  await agent.closed
  clearInterval(looking)
} catch (error) {
  quit(1, isFault(error) ? `${id}: ${error.message} ${error.next}` : `${id}: ${error instanceof Error ? error.stack : error}`)
}
