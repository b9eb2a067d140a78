// biome-ignore-all lint/suspicious/noTemplateCurlyInString: source text is named here, not filled in
import { type Chapter, tests } from '../define.ts'

const leader = 'core/store/leader.test.ts'
const file = 'core/store/postgres-leader.ts'

export const leading: Chapter = {
  title: 'Controllers that share a store',
  defences: [
    {
      id: 'leader-knows-its-time',
      title: 'A leader that was frozen acts when it thaws, though another one leads by now.',
      file,
      find: 'mayAct: () => ended === null && clock.monotonic() < untilMs()',
      replace: 'mayAct: () => ended === null',
      killedBy: [tests(leader, 'a frozen leader knows when it thaws')],
    },
    {
      id: 'leader-ends-in-time',
      title: 'A leader that cannot renew its lease goes on as if it led.',
      file,
      find: "end('its lease could not be renewed in time'),",
      replace: 'undefined,',
      killedBy: [tests(leader, 'a leader whose lease could not be renewed in time')],
    },
    {
      id: 'leader-renewal-compares',
      title: 'A leader that was succeeded renews, and so takes back, the lead of the next one.',
      file,
      find: 'and holder = $1 and fence = $2 and expires_at > ${now} returning fence',
      replace: 'and $1::text is not null and $2::bigint > 0 returning fence',
      killedBy: [tests(leader, 'a lease that somebody else has taken')],
    },
    {
      id: 'leader-without-session-ends',
      title: 'A leader whose session, and so its lock, is gone goes on beside the one that took the lock.',
      file,
      find: 'end(`the connection to the store broke: ${reason}`)',
      replace: 'reason',
      killedBy: [tests(leader, 'succeed a leader that dies at once')],
    },
    {
      id: 'takeover-ends-leases',
      title: 'Whoever takes over waits for leases that only a dead leader holds.',
      file,
      find: "where resource like 'component:%' and expires_at > 0",
      replace: 'where false',
      killedBy: [tests(leader, 'succeed a leader that dies at once')],
    },
    {
      id: 'takeover-counts-earlier-lease',
      title: 'A new leader does not count with roles that the one before it may still give out.',
      file,
      find: 'earlierMs: Number(before?.left ?? 0)',
      replace: 'earlierMs: 0',
      killedBy: [tests(leader, 'succeed a leader that dies at once')],
    },
    {
      id: 'frozen-leader-is-succeeded',
      title: 'A leader that is frozen leads for ever, because its session lives.',
      file,
      find: 'if (held?.ended !== true) {',
      replace: 'if (held) {',
      killedBy: [tests(leader, 'succeed a leader that is frozen')],
    },
    {
      id: 'leader-gives-up-the-lead',
      title: 'After an orderly stop the next leader waits for a lease that nobody uses.',
      file,
      find: 'if (stopped.signal.aborted) await release(session, self.id, fence)',
      replace: '',
      killedBy: [tests(leader, 'have one leader')],
    },
    {
      id: 'commits-wake-the-others',
      title: 'What one controller writes is seen by the leader only at its next sweep.',
      file: 'core/store/postgres.ts',
      find: 'closing: (client) => (telling.delete(client) ?',
      replace: 'closing: (client) => (telling.delete(client) && false ?',
      killedBy: [tests(leader, 'hear at once')],
    },
    {
      id: 'deaf-listener-looks-again',
      title: 'What was written while nobody listened is never heard of.',
      file: 'core/store/postgres-listen.ts',
      find: 'began()\n    // Whatever was appended while nobody listened.\n    wake()',
      replace: 'began()',
      killedBy: [tests(leader, 'hear again after their connection broke')],
    },
    {
      id: 'silent-store-is-missed',
      title: 'A store that has vanished without a word keeps everybody waiting.',
      file: 'core/store/postgres.ts',
      find: 'connected.cut()',
      replace: '',
      killedBy: [tests('core/store/postgres-network.test.ts', 'vanishes without a word')],
    },
  ],
}
