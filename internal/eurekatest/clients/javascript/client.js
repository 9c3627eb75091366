'use strict';

// A service that registers with eureka-js-client and does what it is told by lines on
// its standard input; see internal/eurekatest. Lines for its driver begin with @@.

const readline = require('readline');
const { Eureka } = require('eureka-js-client');

const env = process.env;
const seconds = (name) => Number(env[name]) * 1000;
const say = (line) => console.log(`@@ ${line}`);

const client = new Eureka({
  eureka: {
    // The client takes the paths of applications below this. It stays with one server
    // until that fails, and then goes on to the next.
    serviceUrls: { default: env.EUREKA_URLS.split(',').map((url) => `${url.replace(/\/$/, '')}/apps/`) },
    heartbeatInterval: seconds('EUREKA_RENEW_S'),
    registryFetchInterval: seconds('EUREKA_FETCH_S'),
    filterUpInstances: false, // to see the others, too
  },
  shouldUseDelta: env.EUREKA_DELTA === 'true',
  instance: {
    instanceId: env.EUREKA_ID,
    app: env.EUREKA_APP,
    hostName: '127.0.0.1',
    ipAddr: '127.0.0.1',
    port: { $: Number(env.EUREKA_PORT), '@enabled': true },
    vipAddress: env.EUREKA_APP.toLowerCase(),
    dataCenterInfo: {
      '@class': 'com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo',
      name: 'MyOwn',
    },
    leaseInfo: {
      renewalIntervalInSecs: Number(env.EUREKA_RENEW_S),
      durationInSecs: Number(env.EUREKA_LEASE_S),
    },
  },
});

// tell tells the server the client's own status. The client has no word for that: it
// says UP whenever it registers.
function tell(status) {
  const { instance } = client.config;
  const request = { method: 'POST', uri: instance.app, json: true, body: { instance: { ...instance, status } } };
  return new Promise((resolve, reject) => {
    client.eurekaRequest(request, (error, response) => {
      if (error || response.statusCode !== 204) reject(error || new Error(`status ${response.statusCode}`));
      else resolve();
    });
  });
}

const byId = (a, b) => (a.instanceId < b.instanceId ? -1 : 1);

// With deltas, the client replaces and takes out the first instance of an application,
// whichever was meant. Its lists by vip are right.
const listed = (app) => (env.EUREKA_DELTA === 'true'
  ? client.getInstancesByVipAddress(app.toLowerCase())
  : client.getInstancesByAppId(app));
const held = (app) => [...listed(app)].sort(byId)
  .map((instance) => ` ${instance.instanceId}=${instance.status}`).join('');

const commands = {
  status: (status) => tell(status).then(() => ''),
  see: async (app) => held(app),
  unregister: () => new Promise((resolve, reject) => {
    client.stop((error) => (error ? reject(error) : resolve('')));
  }),
};

async function obey(line) {
  const [word, argument] = line.split(' ');
  if (!commands[word]) throw new Error(`no command: ${line}`);
  say(`ok${await commands[word](argument)}`);
  if (word === 'unregister') process.exit(0);
}

client.start((error) => {
  if (error) {
    console.error(error);
    process.exit(1);
  }
  say('ready');
  const input = readline.createInterface({ input: process.stdin });
  let before = Promise.resolve(); // one command after the other
  input.on('line', (line) => {
    before = before.then(() => obey(line)).catch((failed) => say(`error ${failed.message}`));
  });
  input.on('close', () => before.then(() => process.exit(0)));
});
