import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer as createTcp, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Clock } from '../../core/clock.ts'
import { readAll, sourcesAt } from '../../test/aws/sources.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import type { Platform } from '../platform.ts'
import { dayMs } from '../resource.ts'
import { probeTimeoutMs, type TlsProbe, tlsEndpoints, tlsProbe } from './tls-endpoints.ts'

let folder: string
const closing: Server[] = []
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jidoka-tls-'))
  make('root', 900)
  make('between', 20, 'root', ['basicConstraints=critical,CA:TRUE'])
  make('leaf', 90, 'between', ['basicConstraints=CA:FALSE', 'subjectAltName=DNS:localhost,IP:127.0.0.1'])
  make('alone', 5, undefined, ['subjectAltName=DNS:jidoka.example'])
})
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => {
  for (const server of closing.splice(0)) server.close()
})

const file = (name: string) => join(folder, name)
const pem = (...names: string[]) => names.map((name) => readFileSync(file(`${name}.pem`), 'utf8')).join('')

/** A certificate, signed by itself or by another. */
function make(name: string, days: number, by?: string, extensions: string[] = []): void {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', `/CN=${name}`]
  const own = ['-keyout', file(`${name}.key`)]
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' })
  const told = extensions.flatMap((extension) => ['-addext', extension])
  if (by === undefined) return void openssl('req', '-x509', ...curve, ...own, '-days', String(days), '-out', file(`${name}.pem`), ...told)
  openssl('req', ...curve, ...own, '-out', file(`${name}.csr`))
  writeFileSync(file(`${name}.ext`), extensions.join('\n'))
  const signer = ['-CA', file(`${by}.pem`), '-CAkey', file(`${by}.key`), '-CAcreateserial']
  openssl(
    'x509',
    '-req',
    '-in',
    file(`${name}.csr`),
    ...signer,
    '-days',
    String(days),
    '-extfile',
    file(`${name}.ext`),
    '-out',
    file(`${name}.pem`),
  )
}

async function listen(server: Server): Promise<number> {
  closing.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
const serve = (name: string, ...chain: string[]) =>
  listen(tls.createServer({ key: readFileSync(file(`${name}.key`)), cert: pem(name, ...chain) }))

async function probe(port: number, serverName: string | null = null, clock?: Clock): Promise<TlsProbe> {
  const row = { arn: 'platform:tls/here', host: '127.0.0.1', port, serverName }
  return (await tlsProbe.get(sourcesAt('http://127.0.0.1:1', clock ? { clock } : {}), [row])).get(row.arn) as TlsProbe
}
const daysLeft = (at: number) => Math.round((at - Date.now()) / dayMs)

describe('a handshake tells', () => {
  test('which certificate of the chain ends first', async () => {
    const found = await probe(await serve('leaf', 'between', 'root'))
    expect(found).toMatchObject({ subject: 'leaf', issuer: 'between', firstEnd: { subject: 'between' }, nameProblem: null })
    if ('problem' in found) return
    expect([daysLeft(found.expiresAt), daysLeft(found.firstEnd.at)]).toEqual([90, 20])
    expect(found.chainProblem).toBe('SELF_SIGNED_CERT_IN_CHAIN')
  })

  test('that the chain is not sent', async () => {
    expect(await probe(await serve('leaf'))).toMatchObject({ subject: 'leaf', chainProblem: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })
  })

  test('that the certificate is for another name', async () => {
    const port = await serve('alone')
    expect(await probe(port)).toMatchObject({
      chainProblem: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      nameProblem: '127.0.0.1 is not among its names',
    })
    expect(await probe(port, 'jidoka.example')).toMatchObject({ nameProblem: null })
  })

  test('nothing against one that is trusted here', async () => {
    const before = tls.getCACertificates('default')
    tls.setDefaultCACertificates([...before, pem('root')])
    try {
      expect(await probe(await serve('leaf', 'between'), 'localhost')).toMatchObject({ chainProblem: null, nameProblem: null })
    } finally {
      tls.setDefaultCACertificates(before)
    }
  })
})

describe('nothing can be told', () => {
  test('of a port that nobody listens on', async () => {
    const server = createTcp()
    const port = await listen(server)
    await new Promise((resolve) => closing.pop()?.close(resolve))
    expect(await probe(port)).toEqual({ problem: `127.0.0.1:${port} refused the connection` })
  })

  test('of a server that speaks something else', async () => {
    const port = await listen(createTcp((socket) => socket.end('220 mail.example ESMTP\r\n')))
    expect(await probe(port)).toHaveProperty('problem')
  })

  test('of one that is silent, after ten seconds', async () => {
    const clock = virtualClock()
    let connected: () => void = () => {}
    const connection = new Promise<void>((resolve) => {
      connected = resolve
    })
    const port = await listen(createTcp(() => connected()))
    const found = probe(port, null, clock)
    await connection
    await clock.advance(probeTimeoutMs)
    expect(await found).toEqual({ problem: 'no TLS handshake within 10000 ms' })
  })
})

test('every address of the configuration is a row, page by page', async () => {
  const endpoints = Array.from({ length: 250 }, (_, at) => ({ host: `host-${at}.example`, port: 443 }))
  endpoints.push({ host: '::1', port: 8443, serverName: 'jidoka.example' } as (typeof endpoints)[number])
  const platform: Platform = {
    ...{ components: async () => [], pairs: () => [], tlsEndpoints: () => endpoints, environment: () => undefined },
  }
  const rows = await readAll(tlsEndpoints, sourcesAt('http://127.0.0.1:1', { platform }))
  expect(rows).toHaveLength(251)
  expect(rows[0]).toEqual({
    arn: 'platform:tls/host-0.example:443',
    name: 'host-0.example:443',
    host: 'host-0.example',
    port: 443,
    serverName: null,
  })
  expect(rows.at(-1)?.arn).toBe('platform:tls/[::1]:8443/jidoka.example')
  await expect(tlsEndpoints.page(sourcesAt('http://127.0.0.1:1'), undefined)).rejects.toMatchObject({ code: 'no-platform' })
})
