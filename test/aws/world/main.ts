import { once } from 'node:events'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { command } from './command.ts'
import { recordings } from './recordings.ts'
import { openWorld } from './world.ts'

/**
 * A company on a pretended AWS, to try `jidoka guardians run` on. Every check of every guardian finds something in it.
 *
 *     node test/aws/world/main.ts                      keeps it running, and says what to set; Ctrl-C ends it
 *     node test/aws/world/main.ts --report FILE        scans it once, writes the page, and ends
 *     node test/aws/world/main.ts --report FILE --locale ja
 *
 * JIDOKA_MOTO says where moto_server is; `npm run test:aws` installs it to node_modules/.cache/moto-VERSION/bin/moto_server. Nothing
 * outside this machine is asked, and nothing is left behind: no process, no folder.
 */
const { values } = parseArgs({ options: { report: { type: 'string' }, locale: { type: 'string', default: 'en' } } })

// From the beginning, so that nothing is left of a world that is half made.
const ended = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
const world = await openWorld().catch((error: Error) => {
  console.error(error.message)
  process.exit(1)
})
try {
  if (values.report === undefined) await stand()
  else await reported(resolve(values.report))
} finally {
  await world.close()
}
// A scan that was not waited for ends with us.
process.exit()

async function stand() {
  console.log('# A company stands. In another terminal:')
  for (const [name, value] of Object.entries(world.environment)) console.log(`export ${name}=${value}`)
  console.log(`node cli/main.ts guardians run --config ${world.config}\n`)
  console.log('# AWS is played by moto. What moto lacks or does badly is answered by test/aws/world/recordings.ts:')
  for (const [operation, { why }] of Object.entries(recordings)) console.log(`#   ${operation}: ${why}`)
  console.log('# Dates of creation are moved back by months (test/aws/world/era.ts). Ctrl-C ends all of it.')
  await ended
}

async function reported(file: string) {
  const args = ['guardians', 'run', '--config', world.config, '--html', file, '--locale', values.locale]
  const { code, out, err } = await Promise.race([
    command(args, { ...world.environment, HOME: world.folder }, world.folder),
    ended.then(() => ({ code: 130, out: '', err: 'ended' })),
  ])
  console.log(out)
  console.error(err.trim())
  process.exitCode = code ?? 1
}
