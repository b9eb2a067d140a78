import { constants } from 'node:fs'
import { access, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Finding } from '../../bots/slack/doctor.ts'
import type { Component, Config } from '../../core/catalog/schema.ts'
import { timingsOf } from '../../core/catalog/timings.ts'
import { causeChain, isFault } from '../../core/errors.ts'
import { reach } from './reach.ts'

/** What does not need a controller: the configuration, the data folder, the store. Nothing is changed. */
export async function examineConfig(
  load: () => Promise<{ config: Config; file: string }>,
): Promise<{ findings: Finding[]; config: Config | null }> {
  const check = 'configuration'
  try {
    const { config, file } = await load()
    const members = config.components.reduce((sum, component) => sum + component.members.length, 0)
    const told: Finding = { check, level: 'ok', text: `${file}: ${config.components.length} components, ${members} members.` }
    return { findings: [told, ...config.components.flatMap(examineTimings)], config }
  } catch (error) {
    if (!isFault(error)) throw error
    const lines = Array.isArray(error.details.lines) ? (error.details.lines as string[]) : null
    const findings = (lines ?? [error.message]).map(
      (text): Finding => ({ check, level: 'fail', text, mend: lines ? `Mend it in ${error.details.file}.` : error.next }),
    )
    return { findings, config: null }
  }
}

/** What its timings promise for the worst case; those that promise nothing are refused before. */
function examineTimings(component: Component): Finding[] {
  if (component.topology !== 'active-standby') return []
  const check = `timings of ${component.id}`
  const { detectionMs, worstCaseOutageMs, dualActiveMs, lease } = timingsOf(component)
  const found =
    detectionMs === null ? 'no probe finds that the active member is gone' : `a silent active member is found within ${detectionMs} ms`
  if (lease === null)
    return [{ check, level: 'ok', text: `${found}; without a roleLease nobody is promoted unless somebody confirms that it has stopped.` }]
  const outage = worstCaseOutageMs === null ? 'unknown' : `${worstCaseOutageMs} ms and the switch itself`
  const { ttlMs, renewMs, marginMs } = lease
  return [
    {
      check,
      level: 'ok',
      text: `${found}; worst-case outage ${outage} (lease ${ttlMs} ms, renewed every ${renewMs} ms, margin ${marginMs} ms); two active: ${dualActiveMs} ms.`,
    },
  ]
}

export async function examineFolder(data: string): Promise<Finding> {
  const check = 'data folder'
  const info = await stat(data).catch(() => null)
  if (!info) return { check, level: 'ok', text: `${data} does not exist yet; it is made at the first start.` }
  if (!info.isDirectory()) return { check, level: 'fail', text: `${data} is no folder.`, mend: 'Move it away, or pass --data FOLDER.' }
  const writable = await access(data, constants.W_OK).then(
    () => true,
    () => false,
  )
  if (!writable)
    return {
      check,
      level: 'fail',
      text: `${data} cannot be written.`,
      mend: `Give it to the user of the controller: chown, or pass --data FOLDER.`,
    }
  if ((info.mode & 0o007) !== 0 && (await stat(join(data, 'token')).catch(() => null)))
    return { check, level: 'warn', text: `Everybody on this host may look into ${data}, where tokens lie.`, mend: `chmod 700 ${data}` }
  return { check, level: 'ok', text: `${data} can be written.` }
}

/** `url` as for `up`; without it the file in the data folder. */
export async function examineStore(url: string | undefined, data: string): Promise<Finding> {
  const check = 'store'
  if (url && /^postgres(ql)?:\/\//.test(url)) {
    const { hostname, port } = new URL(url)
    const problem = await reach({ host: hostname, port: Number(port || 5432) })
    return problem
      ? {
          check,
          level: 'fail',
          text: `PostgreSQL at ${hostname} does not answer: ${problem}`,
          mend: 'Start it, or look at --store and the network.',
        }
      : { check, level: 'ok', text: `PostgreSQL at ${hostname} answers.` }
  }
  const file = url ? url.replace(/^sqlite:/, '') : join(data, 'jidoka.db')
  try {
    const handle = await open(file, 'r')
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(16), 0, 16, 0).finally(() => handle.close())
    if (bytesRead === 0 || buffer.toString('latin1', 0, 15) === 'SQLite format 3') return { check, level: 'ok', text: `${file} is there.` }
    return {
      check,
      level: 'fail',
      text: `${file} is no database of SQLite.`,
      mend: 'Keep a copy, then restore a backup, or start with another --data.',
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { check, level: 'ok', text: `${file} is made at the first start.` }
    return { check, level: 'fail', text: `${file} cannot be read: ${causeChain(error)}`, mend: 'Give it to the user of the controller.' }
  }
}
