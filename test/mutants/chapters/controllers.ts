import { type Chapter, tests } from '../define.ts'

const terms = 'infra/main/terms.test.ts'
const roles = 'remediation/roles.test.ts'
const engine = 'remediation/engine.test.ts'
const executing = 'remediation/execute.test.ts'
const watching = 'core/probes/watch.test.ts'
const reporting = 'infra/main/reports.test.ts'
const desk = 'bots/pager/desk.test.ts'
const peers = 'infra/main/peers.test.ts'
const forwards = 'infra/main/forward.test.ts'
const tokens = 'core/api/tokens-shared.test.ts'

export const controllers: Chapter = {
  title: 'Several controllers (composition)',
  defences: [
    {
      id: 'no-effect-without-the-lead',
      title: 'A controller that was frozen, and is not the leader any more, begins a step.',
      file: 'remediation/execute.ts',
      find: '|| !mayAct()) throw',
      replace: ') throw',
      killedBy: [tests(executing, 'lead')],
    },
    {
      id: 'no-renewal-without-the-lead',
      title: 'A controller that does not lead any more prolongs a role that the next one waits for.',
      file: 'remediation/roles.ts',
      find: '!== role || !mayRenew()) return',
      replace: '!== role) return',
      killedBy: [tests(roles, 'lead')],
    },
    {
      id: 'roles-outlive-a-short-absence',
      title: 'A store that is away for three seconds costs every member with a short lease its role.',
      file: 'remediation/engine.ts',
      find: 'if (ports.mayRenew) roles.linger() else roles.stop()',
      replace: 'roles.stop()',
      killedBy: [tests(engine, 'away for a moment')],
    },
    {
      id: 'lingering-ends',
      title: 'An engine of an earlier term renews roles beside that of the present one, for ever.',
      file: 'infra/main/terms.ts',
      find: 'now.started = true letGo()',
      replace: 'now.started = true',
      killedBy: [tests(terms)],
    },
    {
      id: 'earlier-leader-counts',
      title: 'A promotion comes while the leader before us may still have renewed the role.',
      file: 'remediation/roles.ts',
      find: 'const aloneFrom = bootedAt + earlierMs',
      replace: 'const aloneFrom = bootedAt',
      killedBy: [tests(roles, 'lead')],
    },
    {
      id: 'term-is-over-at-once',
      title: 'An engine acts on while the end of its term is waited for.',
      file: 'infra/main/terms.ts',
      find: 'mayAct: () => !now.over && term.mayAct()',
      replace: 'mayAct: () => term.mayAct()',
      killedBy: [tests(terms)],
    },
    {
      id: 'ended-before-it-began',
      title: 'A term that ended while it began goes on to act.',
      file: 'infra/main/terms.ts',
      find: 'if (now.over) return intake.open()',
      replace: 'intake.open()',
      killedBy: [tests(terms)],
    },
    {
      id: 'followers-alerts-are-dropped',
      title: 'Two controllers tell the same fault, and the older word of one overtakes the newer of the other.',
      file: 'infra/main/intake.ts',
      find: 'if (!isOpen) return',
      replace: '',
      killedBy: [tests('infra/main/intake.test.ts', 'lead')],
    },
    {
      id: 'told-anew-at-the-begin',
      title: 'What fires when the leader changes is told only when it is detected once more.',
      file: 'core/probes/watch.ts',
      find: 'room.desk.retell()',
      replace: '',
      killedBy: [tests(watching, 'lead')],
    },
    {
      id: 'beats-have-time-again',
      title: 'All that beat are taken for dead when the leader changes: they beat elsewhere until then.',
      file: 'core/probes/watched.ts',
      find: 'room.hearsBeats = true room.since = room.deps.clock.monotonic()',
      replace: 'room.hearsBeats = true',
      killedBy: [tests(watching, 'lead')],
    },
    {
      id: 'late-report-is-outdated',
      title: 'A report that stood still with a frozen controller tells the death of a process that was started again since.',
      file: 'infra/main/reports.ts',
      find: 'if (shared.heard.outdated(member, at)) return',
      replace: '',
      killedBy: [tests(reporting)],
    },
    {
      id: 'followers-call-nobody',
      title: 'A controller that does not lead delivers pages beside the leader.',
      file: 'bots/pager/desk.ts',
      find: 'let stopped = true',
      replace: 'let stopped = false',
      killedBy: [tests(desk, 'not started')],
    },
    {
      id: 'follower-leaves-it-to-the-leader',
      title: 'Each controller calls somebody for the same store that is away.',
      file: 'infra/main/peers.ts',
      find: 'return awayMs >= followerWaitsMs && (leader === null || !(await lives(leader)))',
      replace: 'return true',
      killedBy: [tests(peers)],
    },
    {
      id: 'passed-on-once',
      title: 'Two controllers that take each other for the leader pass a request on for ever.',
      file: 'infra/main/forward.ts',
      find: '|| request.headers.has(passedOn)',
      replace: '',
      killedBy: [tests(forwards)],
    },
    {
      id: 'revoked-everywhere',
      title: 'A token that was revoked at one controller is good at the others.',
      file: 'core/api/tokens-shared.ts',
      find: 'known = (await records.list({ open: true }, { limit: maxTokens })).map(({ data }) => data)',
      replace: 'known = (await records.list({}, { limit: maxTokens })).map(({ data }) => data)',
      killedBy: [tests(tokens)],
    },
  ],
}
