import fs from 'node:fs';
import path from 'node:path';

// A rate on a machine with neighbours says little; what a request costs in CPU time says the same on a busy day. Linux only.
const MS_PER_TICK = 10;

/** Parent, and CPU time of the process itself and of its children that have ended, milliseconds (proc(5), stat 4, 14–17). */
function statOf(pid) {
  try {
    const fields = fs
      .readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { parent: Number(fields[1]), ms: ticks * MS_PER_TICK };
  } catch {
    return null;
  }
}

function familyMs(root) {
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.reduce((sum, pid) => {
    const stat = statOf(pid);
    return stat && (Number(pid) === root || stat.parent === root) ? sum + stat.ms : sum;
  }, 0);
}

/** CPU time so far of the service and of its PostgreSQL, or null where /proc is not. */
export function cpuOf({ pid, data }) {
  if (!fs.existsSync('/proc/self/stat')) return null;
  const postmaster = Number(fs.readFileSync(path.join(data, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  return { service: statOf(pid)?.ms ?? 0, database: familyMs(postmaster) };
}

/** Runs `work` and adds what it cost: CPU milliseconds for each of the `count` that it reports. */
export async function costing(world, work) {
  const before = cpuOf(world);
  const result = await work();
  const after = cpuOf(world);
  const each = (part) => (before && after ? (after[part] - before[part]) / result.count : null);
  return { ...result, serviceCpuMs: each('service'), databaseCpuMs: each('database') };
}
