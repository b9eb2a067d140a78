import { andon } from './chapters/andon.ts'
import { approvals } from './chapters/approvals.ts'
import { budgets } from './chapters/budgets.ts'
import { chat } from './chapters/chat.ts'
import { controllers } from './chapters/controllers.ts'
import { databases } from './chapters/databases.ts'
import { databasesSwitch } from './chapters/databases-switch.ts'
import { doors } from './chapters/doors.ts'
import { durability } from './chapters/durability.ts'
import { duty } from './chapters/duty.ts'
import { failover } from './chapters/failover.ts'
import { fixing } from './chapters/fixing.ts'
import { guard } from './chapters/guard.ts'
import { guardians } from './chapters/guardians.ts'
import { guarding } from './chapters/guarding.ts'
import { hosts } from './chapters/hosts.ts'
import { keeper } from './chapters/keeper.ts'
import { leading } from './chapters/leading.ts'
import { members } from './chapters/members.ts'
import { paging } from './chapters/paging.ts'
import { people } from './chapters/people.ts'
import { seeing } from './chapters/seeing.ts'
import { simulated } from './chapters/simulated.ts'
import type { Chapter } from './define.ts'

/** Every named defence. Adding one: docs/defences.md tells what it is for; its place, its absence and its test stand in a chapter. */
export const chapters: readonly Chapter[] = [
  durability,
  leading,
  failover,
  databases,
  databasesSwitch,
  members,
  hosts,
  guard,
  guarding,
  budgets,
  approvals,
  seeing,
  people,
  andon,
  paging,
  chat,
  doors,
  guardians,
  keeper,
  fixing,
  duty,
  controllers,
  simulated,
]
