import { isIP } from 'node:net'
import { checkServerIdentity, connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls'
import type { Clock } from '../../core/clock.ts'
import { connectionTrouble } from '../../core/probes/network.ts'
import { defineDetail, defineInventory, type Resource, type Sources } from '../define.ts'
import { needPlatform } from '../platform.ts'

export interface TlsEndpoint extends Resource {
  host: string
  port: number
  /** Name that is asked for, when it is not the host. */
  serverName: string | null
}

const pageRows = 100

/** Addresses of the configuration whose certificates matter, wherever they come from. */
export const tlsEndpoints = defineInventory<TlsEndpoint>('tls-endpoints', {
  title: { en: 'TLS addresses', ja: 'TLS の接続先' },
  scope: 'platform',
  calls: [],
  async page(sources, token) {
    const from = Number(token ?? 0)
    const all = needPlatform(sources).tlsEndpoints()
    const rows = all.slice(from, from + pageRows).map(({ host, port, serverName }): TlsEndpoint => {
      const address = `${isIP(host) === 6 ? `[${host}]` : host}:${port}${serverName ? `/${serverName}` : ''}`
      return { arn: `platform:tls/${address}`, name: address, host, port, serverName: serverName ?? null }
    })
    return from + pageRows < all.length ? { rows, next: String(from + pageRows) } : { rows }
  },
})

export type TlsProbe =
  /** Nobody answered by TLS: nothing can be told about the certificate. */
  | { problem: string }
  | {
      subject: string
      issuer: string
      /** Epoch ms. */
      expiresAt: number
      /** Whose certificate of those that the server sent ends first, and when; its own or one above it. */
      firstEnd: End
      /** Why a client that trusts the public authorities refuses it: `UNABLE_TO_VERIFY_LEAF_SIGNATURE`; null: it does not. */
      chainProblem: string | null
      /** The certificate is for other names. */
      nameProblem: string | null
    }

export const probeTimeoutMs = 10_000

/** Shakes hands and reads the certificates; no trust is needed for it, and nothing is sent after it. */
export const tlsProbe = defineDetail<TlsEndpoint, TlsProbe>('tls-probe', {
  calls: [],
  atOnce: 10,
  async get({ clock, signal }, rows) {
    return new Map(await Promise.all(rows.map(async (row) => [row.arn, await probe(row, { clock, signal })] as const)))
  },
})

function probe(
  { host, port, serverName }: TlsEndpoint,
  { clock, signal }: { clock: Clock; signal?: Sources['signal'] },
): Promise<TlsProbe> {
  const name = serverName ?? host
  return new Promise((resolve) => {
    const socket = connect({ host, port, rejectUnauthorized: false, ...(isIP(name) ? {} : { servername: name }) })
    const end = (told: TlsProbe) => {
      cancel()
      signal?.removeEventListener('abort', aborted)
      socket.destroy()
      resolve(told)
    }
    const aborted = () => end({ problem: 'nobody waits for it any more' })
    const cancel = clock.after(probeTimeoutMs, () => end({ problem: `no TLS handshake within ${probeTimeoutMs} ms` }))
    signal?.addEventListener('abort', aborted, { once: true })
    socket.on('error', (error) => end({ problem: connectionTrouble(error, `${host}:${port}`).summary }))
    socket.once('close', () => end({ problem: `${host}:${port} closed the connection during the handshake` }))
    socket.once('secureConnect', () => end(seenIn(socket, name, clock.now())))
    if (signal?.aborted) aborted()
  })
}

function seenIn(socket: TLSSocket, name: string, now: number): TlsProbe {
  const own = socket.getPeerCertificate(true)
  if (!own?.valid_to) return { problem: 'the server shows no certificate' }
  const [leaf, ...above] = chainOf(own).map((one) => ({ subject: nameOf(one.subject), at: Date.parse(one.valid_to) }))
  const misnamed = checkServerIdentity(name, own)
  // One that has ended is told by its date, one with other names by those.
  const refusal = socket.authorized
    ? null
    : String((socket.authorizationError as { code?: string } | null)?.code ?? socket.authorizationError)
  return {
    subject: nameOf(own.subject),
    issuer: nameOf(own.issuer),
    expiresAt: Date.parse(own.valid_to),
    // Where clients trust it all the same, one above it that has ended is not the way that they take.
    firstEnd: above
      .filter(({ at }) => !socket.authorized || at > now)
      .reduce((first, one) => (one.at < first.at ? one : first), leaf as End),
    chainProblem: refusal === null || /ALTNAME|HAS_EXPIRED/.test(refusal) ? null : refusal,
    nameProblem: misnamed ? `${name} is not among its names` : null,
  }
}

/** As sent by the server, or as known here; a root is its own issuer. */
function chainOf(own: DetailedPeerCertificate): DetailedPeerCertificate[] {
  const chain = [own]
  for (let at = own.issuerCertificate; at?.valid_to && !chain.includes(at) && chain.length < 10; at = at.issuerCertificate) chain.push(at)
  return chain
}

type End = { subject: string; at: number }

const nameOf = (subject: { CN?: string | string[]; O?: string | string[] } | undefined): string =>
  [subject?.CN ?? subject?.O ?? '(no name)'].flat().join(', ')
