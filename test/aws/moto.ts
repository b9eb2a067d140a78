import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { AwsClientType } from '../../guardians/aws/aws.ts'
import type { Sources } from '../../guardians/define.ts'
import { sourcesAt, testCredentials } from './sources.ts'

/** moto_server: an AWS that nobody here wrote, in a process of its own on loopback. `npm run test:aws` says where it is. */
export interface Moto {
  url: string
  /** A client by which a test seeds and changes resources. */
  client<Client>(type: new (settings: never) => Client, region?: string): Client
  /** For one inventory alone. */
  sources(over?: Partial<Sources>): Sources
  /** Everything in it is gone. */
  reset(): Promise<void>
  close(): Promise<void>
}

/** The account that moto says it is. */
export const motoAccount = '123456789012'

export async function openMoto(): Promise<Moto> {
  const program = process.env.JIDOKA_MOTO
  if (!program) throw new Error('JIDOKA_MOTO does not say where moto_server is: run `npm run test:aws`')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const server = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  server.stderr.on('data', (data) => {
    said = `${said}${data}`.slice(-2_000)
  })
  const gone = once(server, 'exit')
  const stop = () => server.kill('SIGKILL')
  process.once('exit', stop)
  for (let tries = 0; ; tries += 1) {
    if (server.exitCode !== null || tries > 300) throw new Error(`moto_server did not come up: ${said}`)
    if (await answers(url)) break
    await wait(100)
  }
  return {
    url,
    client: (type, region = 'us-east-1') =>
      new (type as unknown as AwsClientType)({ endpoint: url, region, credentials: testCredentials, forcePathStyle: true }) as never,
    sources: (over) => sourcesAt(url, over),
    async reset() {
      await fetch(`${url}/moto-api/reset`, { method: 'POST' })
    },
    async close() {
      process.removeListener('exit', stop)
      stop()
      await gone
    },
  }
}

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/moto-api/data.json`).then(
    ({ ok }) => ok,
    () => false,
  )

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
