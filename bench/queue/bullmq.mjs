// BullMQ, told by HTTP what to do: /fill?jobs=, /add?size=&seconds=, /work?seconds=. Each answers "RESULT <jobs> <µs> <errors>".
// Arguments: port, Redis port, calls under way at once, data of a job.
import { createServer } from 'node:http';
import { Queue, Worker } from 'bullmq';

const [port, redisPort, lanes, data] = [+process.argv[2], +process.argv[3], +process.argv[4], JSON.parse(process.argv[5])];
const connection = { host: '127.0.0.1', port: redisPort, db: 1, maxRetriesPerRequest: null };
const opts = { removeOnComplete: true };
const queue = new Queue('bench', { connection });
const bulk = size => Array.from({ length: size }, () => ({ name: 'bench', data, opts }));

/** As many calls under way as there are lanes, while `more` says so. */
async function add(size, more) {
  const batch = bulk(size);
  let asked = 0, jobs = 0;
  const lane = async () => {
    while (more(asked)) {
      asked += size;
      if (size === 1) await queue.add('bench', data, opts); else await queue.addBulk(batch);
      jobs += size;
    }
  };
  await Promise.all(Array.from({ length: size === 1 ? lanes : Math.min(lanes, 16) }, lane));
  const waiting = await queue.getWaitingCount();
  if (waiting < jobs) throw new Error(`${jobs} added, but ${waiting} waiting`);
  return [jobs, 0];
}

async function work(seconds) {
  let jobs = 0, errors = 0;
  const worker = new Worker('bench', async () => {}, { connection, concurrency: 50 });
  worker.on('completed', () => jobs++);
  worker.on('failed', () => errors++);
  worker.on('error', () => errors++);
  await new Promise(resolve => setTimeout(resolve, seconds * 1000));
  await worker.close();
  return [jobs, errors + ((await queue.getWaitingCount()) === 0 ? 1 : 0)];
}

async function run(path, query) {
  const number = name => +query.get(name);
  const end = performance.now() + number('seconds') * 1000;
  if (path === '/add') return add(number('size'), () => performance.now() < end);
  if (path === '/work') return work(number('seconds'));
  if (path === '/fill') return add(1000, asked => asked < number('jobs'));
  return [0, 0];
}

createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const began = performance.now();
  try {
    const [jobs, errors] = await run(url.pathname, url.searchParams);
    response.end(`RESULT ${jobs} ${Math.round((performance.now() - began) * 1000)} ${errors}\n`);
  } catch (e) {
    response.writeHead(500).end(String(e));
  }
}).listen(port, '127.0.0.1');
