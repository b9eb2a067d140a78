import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { virtualClock } from '../../test/virtual-clock.ts'
import { querySchema } from '../catalog/schema-parts.ts'
import { causeChain, isFault, problemOf } from '../errors.ts'
import { ask } from './ask.ts'

let folder: string
let clock: ReturnType<typeof virtualClock>
const variables: Record<string, string> = {}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jidoka-query-'))
  clock = virtualClock()
})
afterAll(() => rmSync(folder, { recursive: true }))

const put = (query: object) => ask(querySchema.parse(query), { clock, environment: (name) => variables[name] })

/** The problem of a question that must fail, as a log or a timeline would have it. */
async function problem(query: object, asked = put(query)): Promise<string> {
  const error: unknown = await asked.then(
    (answer) => expect.fail(`answered ${JSON.stringify(answer)}`),
    (error) => error,
  )
  expect(isFault(error, 'query-failed')).toBe(true)
  return `${causeChain(error)} ${JSON.stringify(problemOf(error))}`
}

describe('a program', () => {
  const node = (script: string, ...args: string[]) => ({ kind: 'exec', command: [process.execPath, '-e', script, ...args] })

  test('answers JSON on its stdout; no shell reads its arguments', async () => {
    expect(await put(node('console.log(JSON.stringify({ count: 3, args: process.argv.slice(1) }))', '$HOME;*'))).toEqual({
      count: 3,
      args: ['$HOME;*'],
    })
  })

  test('that fails, is not there, or answers no JSON is told so, without the secrets that it prints', async () => {
    const said = await problem(node('console.error("first"); console.error("no route, password=hunter2hunter2"); process.exitCode = 3'))
    expect(said).toContain('ended with code 3: no route, [secret cut]')
    expect(said).not.toMatch(/hunter2|first/)
    expect(await problem(node('process.kill(process.pid, "SIGTERM")'))).toContain('ended with SIGTERM')
    expect(await problem({ kind: 'exec', command: [join(folder, 'nothing')] })).toContain('ENOENT')
    expect(await problem(node('console.log("12 lines")'))).toContain('not JSON')
    expect(await problem(node('0'))).toContain('answered nothing')
  })

  test('that answers without end is killed', async () => {
    const file = join(folder, 'endless')
    const endless = `require("fs").writeFileSync(${JSON.stringify(file)}, String(process.pid)); const more = () => process.stdout.write("x".repeat(65536), more); more()`
    expect(await problem(node(endless))).toContain('more than 1048576 bytes')
    await vi.waitFor(() => expect(alive(Number(readFileSync(file)))).toBe(false))
  })

  test('is killed when nobody waits any more', async () => {
    const ending = new AbortController()
    const file = join(folder, 'left')
    const script = `require("fs").writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => {}, 1000)`
    const ports = { clock, environment: () => undefined, signal: ending.signal }
    const asked = ask(querySchema.parse(node(script)), ports)
    asked.catch(() => {})
    await vi.waitFor(() => expect(existsSync(file) && readFileSync(file, 'utf8')).toMatch(/\d/), 5_000)
    ending.abort()
    await problem({}, asked)
    await vi.waitFor(() => expect(alive(Number(readFileSync(file)))).toBe(false))
    await problem({}, ask(querySchema.parse(node('0')), ports))
  })

  test('is killed with all that it started when its time is up', async () => {
    const file = join(folder, 'pids')
    const inner = 'setInterval(() => {}, 1000)'
    const asked = put(
      node(
        `const child = require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(inner)}], { stdio: "inherit" })
         require("fs").writeFileSync(${JSON.stringify(`${file}.part`)}, [process.pid, child.pid].join())
         require("fs").renameSync(${JSON.stringify(`${file}.part`)}, ${JSON.stringify(file)}); ${inner}`,
      ),
    )
    asked.catch(() => {})
    await vi.waitFor(() => expect(existsSync(file)).toBe(true), 5_000)
    const pids = readFileSync(file, 'utf8').split(',').map(Number)
    await clock.advance(19_999)
    expect(pids.every(alive)).toBe(true)
    await clock.advance(1)
    expect(await problem({}, asked)).toContain('no answer within 20000 ms')
    await vi.waitFor(() => expect(pids.some(alive)).toBe(false))
  })
})

describe('an address', () => {
  const seen: { path: string; authorization: string | undefined }[] = []
  let server: http.Server
  let other: http.Server
  let base: string
  let answer: (path: string, response: http.ServerResponse) => void

  beforeAll(async () => {
    const listen = async (handler: http.RequestListener) => {
      const one = http.createServer(handler)
      await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve))
      return one
    }
    server = await listen((request, response) => {
      seen.push({ path: request.url ?? '', authorization: request.headers.authorization })
      answer(request.url ?? '', response)
    })
    other = await listen((request, response) => {
      seen.push({ path: 'other', authorization: request.headers.authorization })
      response.end('{}')
    })
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    variables.METER_TOKEN = 'meter-token-of-42'
  })
  afterAll(() => {
    for (const one of [server, other]) {
      one.closeAllConnections()
      one.close()
    }
  })
  const query = (path = '/range', more = {}) => ({ kind: 'http', url: `${base}${path}`, secretEnv: 'METER_TOKEN', ...more })

  test('is asked with its token, also where it sends us within its origin', async () => {
    answer = (path, response) =>
      path === '/range' ? response.writeHead(307, { location: '/v2?day=1' }).end() : response.end('{"count": 5, "of": 9}')
    seen.length = 0
    expect(await put(query())).toEqual({ count: 5, of: 9 })
    expect(seen).toEqual(['/range', '/v2?day=1'].map((path) => ({ path, authorization: 'Bearer meter-token-of-42' })))
  })

  test('that sends us to another host, or round in circles, is not followed', async () => {
    const { port } = other.address() as AddressInfo
    answer = (_, response) => response.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end()
    seen.length = 0
    expect(await problem(query())).toContain('to another host')
    expect(seen.map(({ path }) => path)).toEqual(['/range'])
    answer = (_, response) => response.writeHead(302, { location: '/range' }).end()
    expect(await problem(query())).toContain('302 more than 3 times')
  })

  test('that fails, cuts off, says too much or is not there is told so', async () => {
    answer = (_, response) => response.writeHead(500).end('{"count": 1}')
    expect(await problem(query())).toContain('answered 500')
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{')
      setImmediate(() => response.destroy())
    }
    expect(await problem(query())).toMatch(/cut the connection/)
    answer = (_, response) => response.end('x'.repeat(2 ** 20 + 1))
    expect(await problem(query())).toContain('more than 1048576 bytes')
    answer = (_, response) => response.end('<html>')
    expect(await problem(query())).toContain('not JSON')
    expect(await problem({ kind: 'http', url: 'http://127.0.0.1:1/x' })).toContain('refused the connection')
  })

  test('never has its secrets told', async () => {
    answer = (_, response) => response.writeHead(302, { location: 'http://meter-token-of-42.example/' }).end()
    const url = base.replace('//', '//user:s3same%21@')
    const said = await problem({ kind: 'http', url: `${url}/range?key=abc123`, secretEnv: 'METER_TOKEN' })
    expect(said).not.toMatch(/meter-token-of-42|s3same|abc123/)
    expect(await problem(query('/', { secretEnv: 'NOT_THERE' }))).toContain('NOT_THERE is not set')
  })

  test('that is silent is left when the time is up', async () => {
    const held = new Promise<http.ServerResponse>((resolve) => {
      answer = (_, response) => resolve(response)
    })
    const asked = put(query('/', { timeoutMs: 500 }))
    asked.catch(() => {})
    const response = await held
    await clock.advance(500)
    expect(await problem({}, asked)).toContain('no answer within 500 ms')
    await vi.waitFor(() => expect(response.destroyed).toBe(true))
  })
})

test('a database whose address is missing or strange is told so, without the address', async () => {
  const sql = { kind: 'sql', urlEnv: 'STRANGE', query: 'select 1' }
  expect(await problem(sql)).toContain('STRANGE is not set')
  variables.STRANGE = 'mysql://root:s3cretword@db.example/x'
  const said = await problem(sql)
  expect(said).toContain('neither sqlite:FILE nor postgres://')
  expect(said).not.toContain('s3cretword')
})

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/\) Z /.test(existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '')
  } catch {
    return false
  }
}
