import { defineCheck, fail, pass } from '../define.ts'
import { instancePairs } from '../inventory/instance-pairs.ts'

/** A pair of instances of which one is gone, or that one power cut takes together. */
export const standby = defineCheck('pairing-standby', {
  number: 56,
  severity: 'high',
  title: { en: 'Pair of instances without a standby', ja: 'スタンバイが機能しないインスタンスの組' },
  why: {
    en: 'When the one that works fails there is nothing to switch to, and nobody notices before that hour.',
    ja: '稼働中の 1 台が止まったとき、切り替え先がありません。その時まで誰も気づきません。',
  },
  fix: {
    en: 'Missing or stopped: `aws ec2 start-instances --instance-ids ID`, or launch it again. Same zone: launch one in another zone (`aws ec2 run-instances --placement AvailabilityZone=ZONE`), then practise the switch. Pairs carry the tag `jidoka:pair` with the same value.',
    ja: '停止中なら `aws ec2 start-instances --instance-ids ID`、なければ再作成します。同じ AZ なら別の AZ に起動し（`aws ec2 run-instances --placement AvailabilityZone=ZONE`）、切り替えを練習します。組にはタグ `jidoka:pair` に同じ値を付けます。',
  },
  peers: [],
  says: {
    missing: {
      en: '{running} of {members} instances of {pair} run: nothing to switch to',
      ja: '{pair} は {members} 台中 {running} 台だけが稼働。切り替え先がない',
    },
    'same-zone': { en: 'all of {pair} are in {zone}: one outage takes both', ja: '{pair} はすべて {zone} にあり、1 つの障害で全滅する' },
  },
  subject: instancePairs,
  options: { coldStandby: { default: false, source: 'ours; true: a stopped instance is standby enough' } },
  judge({ pair, members }, { options }) {
    const ready = members.filter(({ state }) => state === 'running' || state === 'pending' || (options.coldStandby && state === 'stopped'))
    const zones = [...new Set(ready.map(({ zone }) => zone))]
    const evidence = {
      pair,
      members: members.length,
      running: ready.length,
      zone: zones[0] ?? null,
      ids: members.slice(0, 20).map(({ id }) => id),
    }
    if (ready.length < 2) return fail('missing', evidence)
    return zones.length === 1 && zones[0] !== null ? fail('same-zone', evidence) : pass
  },
})
