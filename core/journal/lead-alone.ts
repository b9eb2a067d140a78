import type { Clock } from '../clock.ts'
import { causeChain } from '../errors.ts'
import type { Statements } from '../store/statements/all.ts'
import { type Driver, first } from '../store/transaction.ts'
import type { ControllerInfo, Leadership } from './leader.ts'

/** On SQLite: who holds the file leads, from its start to its end. */
export function leadsAlone({ driver, sql, clock }: { driver: Driver; sql: Statements; clock: Clock }): Leadership {
  const standing = new Set<Omit<ControllerInfo, 'seenAt'>>()
  return {
    stand(self, on) {
      let over = false
      const info = { ...self, leader: true, startedAt: clock.now() }
      standing.add(info)
      const begun = (async () => {
        const taken = await driver.write(() => first(sql.runs.take, { resource: 'controller', holder: self.id, ttlMs: 0 }))
        if (!over) await on.begin({ fence: taken?.fence ?? 1, earlierMs: 0, mayAct: () => !over, mayRenew: () => !over })
        return 'it was stopped'
      })().catch((error) => {
        over = true
        return `it could not begin: ${causeChain(error)}`
      })
      let ended: Promise<void> | undefined
      const end = (reason: string) => {
        ended ??= on.end(reason)
        return ended
      }
      void begun.then((reason) => (over ? end(reason) : undefined))
      return {
        stop() {
          over = true
          standing.delete(info)
          return begun.then(end)
        },
      }
    },
    controllers: async () => [...standing].map((one) => ({ ...one, seenAt: clock.now() })),
  }
}
