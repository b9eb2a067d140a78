import { defineGuardian } from '../define.ts'
import { checks } from './registry.ts'

export const ec2 = defineGuardian('ec2', {
  title: { en: 'Virtual machines', ja: '仮想マシン' },
  checks,
})
