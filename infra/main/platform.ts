import { join } from 'node:path'
import type { Component, Config } from '../../core/catalog/schema.ts'
import type { Clock } from '../../core/clock.ts'
import { hookClient } from '../../core/hooks/client.ts'
import { fileMemory } from '../../guardians/inventory/pair-memory.ts'
import type { Platform, PlatformComponent, PlatformMember } from '../../guardians/platform.ts'

export interface PlatformParts {
  config: Config
  clock: Clock
  environment(name: string): string | undefined
  /** The data folder; what scans keep of pairs is below it. */
  data: string
  /** Epoch ms of the last verified switch of a component; absent: no journal is at hand, and drills are not judged. */
  lastSwitchAt?(component: string): Promise<number | null>
}

const hookMs = 3_000
/** Asked at once; a platform may have thousands of members. */
const atOnce = 20

/** What guardians that look beyond AWS are told: by the configuration, the health hooks as they answer now, and the journal. */
export function platformOf({ config, clock, environment, data, lastSwitchAt }: PlatformParts): Platform {
  return {
    async components() {
      const pairs = config.components.filter(({ topology }) => topology === 'active-standby')
      const hooks = hookClient({ token: () => '', clock })
      const found: PlatformComponent[] = []
      try {
        for (let from = 0; from < pairs.length; from += atOnce) {
          found.push(
            ...(await Promise.all(
              pairs.slice(from, from + atOnce).map(async (component) => ({
                id: component.id,
                title: component.title || component.id,
                owner: component.owner ?? null,
                members: await Promise.all(component.members.map((member) => memberOf(member, hooks))),
                ...(lastSwitchAt ? { lastSwitchAt: await lastSwitchAt(component.id) } : {}),
              })),
            )),
          )
        }
      } finally {
        hooks.close()
      }
      return found
    },
    pairs: () => config.guardians.pairs,
    tlsEndpoints: () => config.guardians.tls,
    environment,
    memory: fileMemory(join(data, 'pairs')),
  }
}

/** A member that does not answer is told as such; what is wrong with it is the detector's matter. */
async function memberOf(
  { id, site, hooks: base }: Component['members'][number],
  hooks: ReturnType<typeof hookClient>,
): Promise<PlatformMember> {
  const silent: PlatformMember = { id, site: site ?? null, role: 'unknown', version: null, status: null }
  if (base === undefined) return silent
  try {
    const { status, role = 'unknown', version, releaseId } = await hooks.health(base, { timeoutMs: hookMs })
    return { ...silent, role, version: version ?? releaseId ?? null, status }
  } catch {
    return silent
  }
}
