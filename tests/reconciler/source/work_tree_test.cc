#include "reconciler/source/work_tree.h"

#include "reconciler/source/local_repository.h"
#include "tests/reconciler/source/git_fixture.h"

namespace slipway {
namespace {

using testing::EntryOf;
using testing::GitFixture;
using testing::Sh;

class WorkTreeTest : public GitFixture {
 protected:
  std::unique_ptr<SourceTree> Files() const {
    auto tree = ReadWorkTree(work());
    EXPECT_TRUE(tree) << tree.error().message;
    return std::move(*tree);
  }
};

TEST_F(WorkTreeTest, FilesHaveTheIdsOfTheirCommit) {
  Commit("printf 'a: 1\\n' > nodes/b.yaml; : > empty; ln -s nodes/b.yaml link");
  auto repository = LocalRepository::Open(work());
  ASSERT_TRUE(repository);
  const auto head = (*repository)->Resolve("HEAD");
  ASSERT_TRUE(head);
  const auto committed = (*repository)->ReadTree(*head, ".");
  ASSERT_TRUE(committed);
  const auto files = Files();
  ASSERT_EQ(files->entries().size(), (*committed)->entries().size());
  ASSERT_EQ(files->entries().size(), 5U);
  for (size_t i = 0; i < files->entries().size(); ++i) {
    EXPECT_EQ(files->entries()[i].path, (*committed)->entries()[i].path);
    EXPECT_EQ(files->entries()[i].content_id, (*committed)->entries()[i].content_id);
    EXPECT_EQ(files->entries()[i].kind, (*committed)->entries()[i].kind);
  }
}

TEST_F(WorkTreeTest, AnEditedFileHasAnotherIdAndTheIdOfItsBytes) {
  const std::string before = EntryOf(*Files(), "nodes/a.yaml").content_id;
  Sh(work(), "echo '# more' >> nodes/a.yaml");
  const std::string after = EntryOf(*Files(), "nodes/a.yaml").content_id;
  EXPECT_NE(before, after);
  EXPECT_EQ(after, Sh(work(), "git hash-object nodes/a.yaml"));
}

TEST_F(WorkTreeTest, FiltersOfTheRepositoryDoNotMakeDifferentBytesEqual) {
  Commit("echo '*.yaml text eol=crlf' > .gitattributes; printf 'a: 1\\n' > nodes/b.yaml");
  Sh(work(), "rm nodes/b.yaml; git checkout -q -- nodes/b.yaml");
  const auto files = Files();
  const SourceTree::Entry entry = EntryOf(*files, "nodes/b.yaml");
  EXPECT_EQ(files->Read(entry, 100).value_or("unreadable"), "a: 1\r\n");
  EXPECT_NE(entry.content_id, Sh(work(), "git rev-parse HEAD:nodes/b.yaml"));
}

TEST_F(WorkTreeTest, AFileThatChangesWhileItIsReadIsRefused) {
  const auto files = Files();
  const SourceTree::Entry entry = EntryOf(*files, "nodes/a.yaml");
  EXPECT_TRUE(files->Read(entry, 1000));
  Sh(work(), "echo '# more' >> nodes/a.yaml");
  const auto read = files->Read(entry, 1000);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().reaction, Reaction::kRetry);
  EXPECT_NE(read.error().message.find("nodes/a.yaml: it was changed meanwhile"), std::string::npos);
}

TEST_F(WorkTreeTest, ALargeFileKeepsAnIdThatNoBlobHas) {
  Sh(work(), "truncate -s " + std::to_string(kLargestIdentified + 1) + " image; truncate -s 100 small");
  const auto files = Files();
  EXPECT_NE(EntryOf(*files, "image").content_id.find(':'), std::string::npos);
  EXPECT_EQ(EntryOf(*files, "small").content_id.size(), 40U);
  EXPECT_TRUE(files->Read(EntryOf(*files, "image"), kLargestIdentified + 1));
}

TEST_F(WorkTreeTest, AFolderThatIsNotThereIsAnError) {
  const auto tree = ReadWorkTree(dir_ / "nowhere");
  ASSERT_FALSE(tree);
  EXPECT_EQ(tree.error().reaction, Reaction::kFixInput);
}

}  // namespace
}  // namespace slipway
