import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { causeChain, fault } from '../../core/errors.ts'
import type { AndonId } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Web } from './web.ts'

/** As a message of Slack names it. */
export interface SharedFile {
  id: string
  name?: string
  size?: number
  url_private?: string
  url_private_download?: string
}

export interface KeptFile {
  name: string
  /** Below the data folder. */
  path: string
  bytes: number
}

interface FilesPorts {
  web: Pick<Web, 'download'>
  /** The data folder. */
  folder: string
  log: Log
  limits?: Partial<typeof fileLimits>
}

export const fileLimits = { bytes: 20 * 1_024 * 1_024, perAndon: 50, timeoutMs: 60_000 }
const nameMax = 120

/** Keeps what people attach to pinned messages: Slack forgets files, a timeline must not. */
export function openFiles({ web, folder, log, limits = {} }: FilesPorts) {
  const { bytes: most, perAndon, timeoutMs } = { ...fileLimits, ...limits }

  async function one(andon: AndonId, file: SharedFile): Promise<KeptFile | null> {
    const name = safeName(file.name ?? file.id)
    const place = join('files', andon, `${file.id}-${name}`)
    const path = join(folder, place)
    const there = await stat(path).catch(() => null)
    if (there) return { name, path: place, bytes: there.size }
    const kept = await readdir(join(folder, 'files', andon)).catch(() => [])
    if (kept.filter((entry) => !entry.endsWith('.part')).length >= perAndon) throw refused(`there are ${perAndon} files already`)
    if ((file.size ?? 0) > most) throw refused(`it is larger than ${most} bytes`)
    const url = file.url_private_download ?? file.url_private
    if (!url) throw refused('Slack tells no address for it')
    await mkdir(join(folder, 'files', andon), { recursive: true, mode: 0o700 })
    const bytes = await take(url, path, file)
    return { name, path: place, bytes }
  }

  /** Into a file beside it first: what was cut off half-way is never taken for the whole. */
  async function take(url: string, path: string, file: SharedFile): Promise<number> {
    const answer = await web.download(url, AbortSignal.timeout(timeoutMs))
    const page = answer.headers.get('content-type')?.startsWith('text/html') && !/\.html?$/i.test(file.name ?? '')
    if (!answer.ok || page || !answer.body) {
      await answer.body?.cancel()
      throw refused(page ? 'Slack answered with its log-in page (is files:read granted?)' : `Slack answered ${answer.status}`)
    }
    const part = `${path}.part`
    let bytes = 0
    const counted = new Transform({
      transform(chunk: Buffer, _, done) {
        bytes += chunk.length
        if (bytes > most) done(refused(`it is larger than ${most} bytes`))
        else done(null, chunk)
      },
    })
    try {
      await pipeline(Readable.fromWeb(answer.body as never), counted, createWriteStream(part, { mode: 0o600 }))
      await rename(part, path)
    } catch (error) {
      await rm(part, { force: true })
      throw error
    }
    return bytes
  }

  return {
    /** Those that could be kept; the others are told to the log. Keeping the same again costs nothing. */
    async keep({ id: andon }: { id: AndonId }, files: readonly SharedFile[]): Promise<KeptFile[]> {
      if (!/^[a-z]+_[0-9a-z]+$/.test(andon)) return []
      const kept: KeptFile[] = []
      for (const file of files) {
        if (!/^F[A-Z0-9_]+$/i.test(file.id)) continue
        try {
          const done = await one(andon, file)
          if (done) kept.push(done)
        } catch (error) {
          log.warn({ andon, file: file.id, err: causeChain(error) }, 'a file of a pinned message could not be kept')
        }
      }
      return kept
    },
  }
}

const refused = (reason: string) => fault('refused', { reason, hint: 'It stays in Slack.' })

/** Letters, digits, dots, dashes: no folder, no hidden file, nothing that turns the direction of the name. */
export function safeName(name: string): string {
  const plain = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[.-]+/, '')
  const [, stem = '', ending = ''] = /^(.*?)(\.[\p{L}\p{N}]{1,8})?$/u.exec(plain) ?? []
  return `${[...stem].slice(0, nameMax - ending.length).join('') || 'file'}${ending}`
}
