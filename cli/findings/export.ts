import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { fault } from '../../core/errors.ts'
import { Refused } from '../api.ts'
import type { ApiOptions, Cli } from '../define.ts'

/** Takes the export as it comes; into a file, which appears when it is whole, or onto the output. */
export async function takeExport(cli: Cli, options: ApiOptions & { out?: string }, query: URLSearchParams): Promise<void> {
  const api = await cli.api(options)
  const broken = (cause: unknown) => {
    throw fault('unreachable', { url: api.url, problem: 'the export broke off' }, cause)
  }
  const answer = await fetch(`${api.url}/v1/findings/export?${query}`, {
    headers: { authorization: `Bearer ${api.token}` },
    signal: cli.interrupted,
  }).catch(broken)
  if (!answer.ok || !answer.body) throw new Refused(answer.status, (await answer.json().catch(() => ({}))) as object)
  const body = Readable.fromWeb(answer.body as unknown as ReadableStream)
  if (options.out === undefined) return lines(cli, body).catch(broken)
  const file = join(cli.cwd, options.out)
  try {
    await pipeline(body, createWriteStream(`${file}.part`))
    await rename(`${file}.part`, file)
  } catch (error) {
    await rm(`${file}.part`, { force: true })
    broken(error)
  }
  cli.out(`Written: ${options.out}`)
}

async function lines(cli: Cli, body: Readable): Promise<void> {
  let held = ''
  for await (const text of body.setEncoding('utf8')) {
    const parts = (held + text).split('\r\n')
    held = parts.pop() as string
    for (const part of parts) cli.out(part)
  }
  if (held !== '') cli.out(held)
}
