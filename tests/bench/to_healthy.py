"""To healthy: from nothing to all ready, by holdfast and by kubectl apply and wait, in turn."""

import workload
from stage import places
from stage.repo import Repository


class Task:
    """Objects in namespaces of one prefix, and what kubectl is to wait for."""

    def __init__(self, title, name, objects, waits, write):
        self.title = title
        self.name = name        # Of the sync and of the namespace of what names none.
        self.objects = objects  # How many.
        self.waits = waits      # What `kubectl wait` is given, or nothing.
        self.write = write      # Writes them into a repository.


def tasks(prefix, count):
    """What is measured; all names begin with `prefix`, so that the next round has its own."""
    example, mixed = f"{prefix}-example", f"{prefix}-mixed"
    yield Task("the example", example, 13,
               [f"deployment --all -n {example} --for=condition=Available",
                f"statefulset --all -n {example} --for=jsonpath={{.status.readyReplicas}}=3"],
               lambda repo: _example(repo, example))
    yield Task("50 databases in 50 namespaces", f"{prefix}-databases", 301,
               [f"statefulset -A -l round={prefix} --for=jsonpath={{.status.readyReplicas}}=1"],
               lambda repo: _objects(repo, workload.databases(prefix, 50)))
    yield Task(f"{count} mixed objects, nothing to wait for", mixed, count, [],
               lambda repo: _objects(repo, workload.mixed(mixed, count)))


def _example(repo, namespace):
    repo.copy(places.EXAMPLE)
    repo.replace_everywhere("local-path", namespace)
    repo.replace_everywhere(f"rancher.io/{namespace}", "rancher.io/local-path")


def _objects(repo, objects):
    for i, one in enumerate(objects):
        repo.write(f"objects/{i:04}.json", workload.text(one))


def repository(folder, task):
    repo = Repository(folder)
    task.write(repo)
    for other in repo.folder.rglob("*.md"):
        other.unlink()
    repo.commit()
    return repo


def kubectl(task, repo):
    """A line for sh: to apply all, and to wait until it is healthy."""
    # It refuses a namespace for objects that name another one.
    namespace = f"-n {task.name}" if "databases" not in task.name else ""
    apply = f"kubectl apply --server-side -R {namespace} -f {repo.folder}"
    return " && ".join([apply] + [f"kubectl wait --timeout=300s {wait}" for wait in task.waits])
