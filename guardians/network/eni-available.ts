import { defineCheck, fail, pass } from '../define.ts'
import { networkInterfaces } from '../inventory/network-interfaces.ts'

/** An interface of nobody. Those that a service of AWS made are its own to clean up. */
export const eniAvailable = defineCheck('network-eni-available', {
  number: 11,
  severity: 'low',
  title: { en: 'Network interface attached to nothing', ja: 'どこにもアタッチされていないネットワークインターフェイス' },
  why: {
    en: 'It takes an address of its subnet and keeps security groups and subnets from being deleted.',
    ja: 'サブネットのアドレスを占有し、セキュリティグループやサブネットの削除を妨げます。',
  },
  fix: {
    en: '`aws ec2 delete-network-interface --network-interface-id ID`, unless somebody keeps its address on purpose.',
    ja: '意図して確保しているのでなければ `aws ec2 delete-network-interface --network-interface-id ID` で削除します。',
  },
  peers: ['cloudrift'],
  says: { available: { en: 'Attached to nothing, in {subnet}: “{description}”', ja: 'アタッチ先なし（{subnet}）：「{description}」' } },
  subject: networkInterfaces,
  judge({ status, managed, kind, description, subnet }) {
    if (status !== 'available' || managed) return pass
    return fail('available', { kind, description, subnet })
  },
})
