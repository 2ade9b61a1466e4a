using Alur.Platform.Data;

namespace Alur.Platform.Tests.Data;

public sealed class SnakeCaseTests
{
    [Theory]
    [InlineData("Bed", "bed")]
    [InlineData("RoomNumber", "room_number")]
    [InlineData("QRISCode", "qris_code")]
    [InlineData("VisitTask2Id", "visit_task2_id")]
    [Trait("Spec", "D-518")]
    public void Names_in_the_database_are_those_of_the_code_with_underscores(string name, string column) => Assert.Equal(column, SnakeCase.Of(name));
}
